"""`manage.py provision`: what needs a superuser, apart from migrations. Safe to run again and again."""

from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.config.environment import env
from apps.config.provisioning import Item, Names, apply, items_in_database, items_of_cluster, missing
from apps.config.provisioning.item import name, text


class Command(BaseCommand):
    """Make the roles, the database, its extensions, revocations and the leakproof flag."""

    help = "Prepare the database with a superuser's login (PROVISION_DATABASE_URL)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is missing; ends with 1 when there is")

    def handle(self, *args: Any, **options: Any) -> None:
        self.quiet = options["verbosity"] == 0
        self.names = Names(settings.DB_ROLE_PREFIX)
        self.target = settings.DATABASES["default"]["NAME"]
        superuser = superuser_login()
        if options["check"]:
            self.say_what_is_missing(superuser)
            return
        with psycopg.connect(**superuser, dbname="postgres", autocommit=True) as connection:
            self.make(connection, items_of_cluster(self.names))
            self.give_passwords(connection)
            self.make_database(connection)
        with psycopg.connect(**superuser, dbname=self.target, autocommit=True) as connection:
            self.make(connection, items_in_database(self.names))
        self.say(f"Database {self.target} is provisioned.")

    def make(self, connection: psycopg.Connection, items: list[Item]) -> None:
        for item in apply(connection, items):
            self.say(f"  {item.sentence}.")

    def say(self, sentence: str) -> None:
        if not self.quiet:
            self.stdout.write(sentence)

    def give_passwords(self, connection: psycopg.Connection) -> None:
        """The passwords of the addresses that the settings name, so that the two cannot differ."""
        known = {self.names.owner, self.names.web, self.names.public}
        for database in settings.DATABASES.values():
            if database["USER"] in known and database["PASSWORD"]:
                statement = text(
                    "ALTER ROLE {login} PASSWORD {password}",
                    login=name(database["USER"]),
                    password=database["PASSWORD"],
                )
                connection.execute(statement)

    def make_database(self, connection: psycopg.Connection) -> None:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [self.target])
        if found.fetchone() is None:
            statement = text(
                "CREATE DATABASE {x} OWNER {owner} ENCODING 'UTF8' TEMPLATE template0",
                x=name(self.target),
                owner=name(self.names.owner),
            )
            connection.execute(statement)
            self.say(f"  Database {self.target} made.")

    def say_what_is_missing(self, superuser: dict[str, Any]) -> None:
        try:
            with psycopg.connect(**superuser, dbname=self.target, autocommit=True) as connection:
                lacking = missing(connection, [*items_of_cluster(self.names), *items_in_database(self.names)])
        except psycopg.OperationalError as error:
            raise CommandError(f"Cannot look into database {self.target}: {error}") from error
        for item in lacking:
            self.stdout.write(f"missing: {item.sentence}.")
        if lacking:
            raise CommandError(f"{len(lacking)} things are missing. Run: manage.py provision")
        self.stdout.write("Nothing is missing.")


def superuser_login() -> dict[str, Any]:
    """Host, port and credentials from PROVISION_DATABASE_URL, or from the file that bin/cluster wrote.

    The file speaks of the private cluster, so it counts only while the settings use that one.
    """
    target = settings.DATABASES["default"]
    written = from_file(settings.PROVISION_FILE)
    if written and settings.PROVISION_FILE_WINS:
        return written
    if url := env.str("PROVISION_DATABASE_URL", default=""):
        return parts_of(url)
    if written and (written["host"], written["port"]) == (target["HOST"], target["PORT"]):
        return written
    raise CommandError("Set PROVISION_DATABASE_URL to the address of a superuser: postgis://user:password@host:5432/")


def from_file(path: Path) -> dict[str, Any]:
    """The login that the file names; empty when there is no file."""
    lines = path.read_text().splitlines() if path.is_file() else []
    urls = [line.partition("=")[2] for line in lines if line.startswith("PROVISION_DATABASE_URL=")]
    return parts_of(urls[-1]) if urls else {}


def parts_of(url: str) -> dict[str, Any]:
    parts = env.db_url_config(url)
    login = {"host": parts["HOST"], "port": parts["PORT"], "user": parts["USER"], "password": parts["PASSWORD"]}
    return {key: value for key, value in login.items() if value}
