"""Reports of one town."""

import hashlib
import secrets
from uuid import uuid4

from apps.reports.models import Category, Report, Reporter, StatusNote
from apps.territory.models import Authority

from ..town import Town
from .rows import add, stored


def load(town: Town, owner: Authority) -> None:
    """Reports with what became of them, and who sent them where they said so."""
    categories = {category.code: category for category in Category.objects.all()}
    found = sorted(town.complaints, key=lambda complaint: complaint.at)
    reports = add(
        Report,
        (
            Report(
                authority=owner,
                category=categories[complaint.category],
                status=complaint.steps[-1].status if complaint.steps else Report.Status.NEW,
                text=complaint.text,
                language=complaint.language,
                reported_at=complaint.at,
                client_id=uuid4(),
                body_hash=hashlib.sha256(complaint.text.encode()).hexdigest(),
                token=secrets.token_urlsafe(24),
                geom=stored(town.frame, complaint.place),
            )
            for complaint in found
        ),
    )
    pairs = list(zip(found, reports, strict=True))
    add(
        StatusNote,
        (
            StatusNote(authority=owner, report=report, status=step.status, answer=step.answer, noted_at=step.at)
            for complaint, report in pairs
            for step in complaint.steps
        ),
    )
    add(
        Reporter,
        (
            Reporter(authority=owner, report=report, name=complaint.reporter[0], phone=complaint.reporter[1])
            for complaint, report in pairs
            if complaint.reporter
        ),
    )
