"""The queue on the desk: said in the language of the page, and nothing runs twice."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from apps.accounts.models import User
from apps.config.job_words import EVENTS, STATUSES, TASKS
from apps.config.tasks import forget_jobs, seal_history

LIST = reverse("admin:procrastinate_procrastinatejob_changelist")


def signed_in(language: str) -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(User.objects.create(username="national", is_superuser=True, is_staff=True))
    return client


def test_every_word_of_the_queue_is_known():
    assert {name for name in app.tasks if "procrastinate.builtin_tasks" not in name} == set(TASKS)
    assert set(ProcrastinateJob.STATUSES) == set(STATUSES)
    assert set(ProcrastinateEvent.TYPES) == set(EVENTS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ar", ("المهام الخلفية", "ختم ما اكتمل من السجل", "تنتظر", "وضعت في الطابور", "فورا")),
        ("en", ("Background jobs", "Seal the finished part", "waiting", "put into the queue", "at once")),
    ],
)
def test_a_job_is_said_in_the_language_of_the_page(language: str, words: tuple[str, ...]):
    job = seal_history.configure(queueing_lock="<b>").defer(timestamp=7)
    client = signed_in(language)
    listing = client.get(LIST).content.decode()
    page = client.get(reverse("admin:procrastinate_procrastinatejob_change", args=[job])).content.decode()
    for word in words:
        assert word in listing
        assert word in page
    assert "&lt;b&gt;" in page
    for text in (listing, page):
        assert " style=" not in text
        assert "Procrastinate" not in text
        assert "todo" not in text.replace("status=todo", "")
    assert "(timestamp" not in listing


def _act(client: Client, action: str, jobs: list[int]) -> str:
    given: dict[str, Any] = {"action": action, "_selected_action": jobs}
    return client.post(LIST, given, follow=True).content.decode()


def _status(job: int) -> str:
    return ProcrastinateJob.objects.get(pk=job).status


@pytest.mark.django_db
def test_what_waits_is_taken_out_and_what_is_done_stays():
    client, job = signed_in("en"), seal_history.configure(queueing_lock="asked").defer(timestamp=7)
    assert "1 job is out of the queue." in _act(client, "take_out", [job])
    assert _status(job) == "cancelled"
    assert "None of the chosen jobs is waiting." in _act(client, "take_out", [job])
    assert "None of the chosen jobs has failed." in _act(client, "run_again", [job])
    assert _status(job) == "cancelled"


@pytest.mark.django_db
def test_what_failed_runs_again_and_what_a_worker_has_in_hand_does_not():
    client, job = signed_in("en"), seal_history.configure(queueing_lock="asked").defer(timestamp=7)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        worker = cursor.fetchone()[0]
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, job])
        assert "None of the chosen jobs has failed." in _act(client, "run_again", [job])
        cursor.execute("DELETE FROM procrastinate_workers WHERE id = %s", [worker])
        assert "1 job will run again." in _act(client, "run_again", [job])
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job])
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [job])
    assert "1 job will run again." in _act(client, "run_again", [job])
    assert _status(job) == "todo"


@pytest.mark.django_db
def test_of_one_task_that_failed_twice_one_job_waits_again():
    """Two failed nights of a task that waits in the queue once: the database refuses the second."""
    client, jobs = signed_in("en"), []
    for night in range(2):
        jobs.append(seal_history.configure(queueing_lock="seal_history").defer(timestamp=night))
        with connection.cursor() as cursor:
            for status in ("doing", "failed"):
                cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, jobs[-1]])
    page = _act(client, "run_again", jobs)
    assert "1 job will run again." in page
    assert "was not put into it a second time" in page
    assert sorted(_status(job) for job in jobs) == ["failed", "todo"]


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["status", "status__exact"])
def test_a_status_that_there_is_not_is_no_fault_of_ours(asked: str):
    client = signed_in("en")
    assert client.get(LIST, {asked: "todo"}).status_code == 200
    assert client.get(LIST, {asked: "<b>"}).status_code == 400


def test_what_was_done_is_forgotten_after_a_week_and_what_failed_stays(committed_db: str):
    ended = [("succeeded", 8), ("cancelled", 8), ("failed", 8), ("succeeded", 6)]
    jobs = [seal_history.configure(queueing_lock=str(n)).defer(timestamp=n) for n in range(len(ended))]
    with connection.cursor() as cursor:
        for job, (status, days) in zip(jobs, ended, strict=True):
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job])
            cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, job])
            cursor.execute(
                "UPDATE procrastinate_events SET at = now() - %s * interval '1 day' WHERE job_id = %s", [days, job]
            )
    async_to_sync(forget_jobs.func)(0)
    assert set(ProcrastinateJob.objects.values_list("id", flat=True)) == set(jobs[2:])
