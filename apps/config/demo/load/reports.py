"""Reports of one town."""

import hashlib
import secrets
from collections.abc import Iterator
from uuid import uuid4

from shapely import STRtree

from apps.addressing.formatters import national, one_line
from apps.addressing.models import AddressUnit
from apps.reports.models import Category, Report, Reporter, StatusNote
from apps.territory.models import Authority

from ..reports import Complaint
from ..town import Town
from .rows import add, stored

FAR = 100.0  # metres; an address farther away says nothing about the place


def load(town: Town, owner: Authority, units: list[AddressUnit]) -> None:
    """Reports, each with the nearest address, with what became of them, and who sent them where they said so."""
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
                address=address,
                language=complaint.language,
                reported_at=complaint.at,
                client_id=uuid4(),
                body_hash=hashlib.sha256(complaint.text.encode()).hexdigest(),
                token=secrets.token_urlsafe(24),
                geom=stored(town.frame, complaint.place),
            )
            for complaint, address in zip(found, _addresses(town, found, units), strict=True)
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
            Reporter(
                authority=owner,
                report=report,
                name=complaint.reporter[0],
                phone=complaint.reporter[1],
                email=complaint.reporter[2],
            )
            for complaint, report in pairs
            if complaint.reporter
        ),
    )


def _addresses(town: Town, found: list[Complaint], units: list[AddressUnit]) -> Iterator[str]:
    """The nearest address of each, in Arabic as the service writes it; none where there is no house."""
    doors = STRtree([door.place for door in town.doors])
    for complaint in found:
        near = doors.query_nearest(complaint.place, max_distance=FAR, all_matches=False)
        yield one_line(national(units[int(near[0])], language="ar"), language="ar") if len(near) else ""
