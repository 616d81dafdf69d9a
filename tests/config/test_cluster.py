"""bin/cluster in a checkout of its own: made, killed, found again, its port taken, removed."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.architecture.sources import ROOT


class Cluster:
    """The commands, run in a copy of bin/ as in a checkout."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(ROOT / "bin", root / "bin")

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.root / "bin" / "cluster"), *words]
        return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)

    def address(self) -> str:
        url = self("url").stdout.strip().replace("postgis:", "postgresql:")
        return psycopg.conninfo.make_conninfo(url, dbname="postgres")

    def data(self, kind: str = "") -> Path:
        lines = (self.root / f".local/cluster{kind}/places").read_text().splitlines()
        return Path(dict(line.split("=", 1) for line in lines)["DATA"])

    def postmaster(self) -> int:
        return int((self.data() / "postmaster.pid").read_text().split()[0])

    def port(self) -> int:
        return int(psycopg.conninfo.conninfo_to_dict(self.address())["port"] or 0)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    # A long name: the socket of a data folder here would be longer than a socket's address may be.
    cluster = Cluster(tmp_path_factory.mktemp("a-checkout-whose-path-is-long-enough-to-break-a-unix-socket" * 2))
    assert cluster("start").returncode == 0
    yield cluster
    cluster("reset")


def test_it_is_utf8_with_icu_and_asks_for_passwords(cluster: Cluster):
    with psycopg.connect(cluster.address()) as session:
        row = session.execute(
            "SELECT pg_encoding_to_char(encoding), datlocprovider, current_setting('fsync'),"
            " current_setting('listen_addresses') FROM pg_database WHERE datname = 'postgres'"
        )
        assert row.fetchone() == ("UTF8", "i", "on", "127.0.0.1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(cluster.address(), password="wrong")


def test_secrets_are_for_their_owner_only(cluster: Cluster):
    local = cluster.root / ".local"
    for name in ("env", "provision.env", "cluster/password"):
        assert (local / name).stat().st_mode & 0o077 == 0
    assert "PROVISION" not in (local / "env").read_text()


def test_a_second_start_changes_nothing(cluster: Cluster):
    before = ((cluster.root / ".local/env").read_text(), cluster.postmaster())
    assert cluster("start").returncode == 0
    assert ((cluster.root / ".local/env").read_text(), cluster.postmaster()) == before
    assert cluster("status").returncode == 0


def test_it_comes_back_after_kill_9(cluster: Cluster):
    os.kill(cluster.postmaster(), signal.SIGKILL)
    assert cluster("start").returncode == 0
    psycopg.connect(cluster.address()).close()


def test_it_comes_back_when_its_old_process_id_is_somebody_elses(cluster: Cluster):
    cluster("stop")
    lines = ["1", str(cluster.data()), "0", "5432", "", "127.0.0.1", ""]
    (cluster.data() / "postmaster.pid").write_text("\n".join(lines))
    assert cluster("status").returncode == 3
    assert cluster("start").returncode == 0
    psycopg.connect(cluster.address()).close()


def test_it_moves_when_its_port_is_taken(cluster: Cluster):
    before = cluster.port()
    cluster("stop")
    with socket.create_server(("127.0.0.1", before)):
        assert cluster("start").returncode == 0
        assert cluster.port() > before
        psycopg.connect(cluster.address()).close()
    assert f":{cluster.port()}/" in (cluster.root / ".local/env").read_text()


def test_reset_removes_only_its_own(cluster: Cluster):
    (cluster.root / ".local/mine").write_text("stays")
    data = cluster.data()
    assert cluster("reset").returncode == 0
    assert not data.exists()
    assert (cluster.root / ".local/mine").read_text() == "stays"
    assert cluster("status").returncode == 3
    assert cluster("start").returncode == 0


def test_a_test_cluster_is_made_anew_after_the_machine_forgot_it(cluster: Cluster):
    """In memory, where there is plenty, it is gone with the next start of the machine."""
    assert cluster("start", "--test").returncode == 0
    data = cluster.data("-test")
    assert cluster("stop", "--test").returncode == 0
    shutil.rmtree(data)
    assert cluster("start", "--test").returncode == 0
    assert (data / "postmaster.pid").exists()
    shutil.rmtree(cluster.root / ".local/cluster-test")  # as where a checkout was removed and made again
    assert cluster("start", "--test").returncode == 0
    assert cluster("reset", "--test").returncode == 0
    assert not data.exists()
    assert data.parent == cluster.root / ".local" or not data.parent.exists()
