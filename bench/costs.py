"""CPU per flow without the hash, request by request, beside what django-allauth takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import courier, outbox, pages, process, rival, server
from bench.cost import Cost, Meter, total
from bench.courier import Courier
from bench.flows import CODE, MAILED, SIGN_IN, STEP_UP, Journey
from bench.ground import Ground
from bench.people import Person
from bench.report import Report, Row, say
from bench.server import Server
from bench.speed import hash_cpu
from bench.web import Wire

ROUNDS = 4  # the least that bcrypt takes: 1 ms, known well enough to be taken off
PEOPLE, WARM_UP = 200, 20
EACH = PEOPLE + WARM_UP
PHONE = "phone: "


@dataclass(frozen=True, slots=True)
class Flows:
    """What each request of the three flows takes; milliseconds for one mail, and for what the
    services did for one step-up."""

    known: list[Cost]
    phone: list[Cost]
    code: list[Cost]
    mail: float
    services: float


def measure(report: Report, ground: Ground) -> tuple[Server, Flows]:
    """Gives the stopped server too: its tables are there for others."""
    site = ground.nod("cost", ROUNDS, "--no-delivery")
    with server.running(site, "/login/"), courier.delivering(site) as post:
        say(f"{ground.name}: CPU of each request at bcrypt cost {ROUNDS}")
        people = server.seeded(site, known=EACH, phones=EACH + 1, mailboxes=EACH)
        flows = _flows(Meter[Journey](site, hash_cpu(ROUNDS)), people, post, ground)
        if not ground.postgres:
            pages.measure(report, site, people[2 * EACH])
    report.add(f"CPU of the web process, hash taken off ({ground.name})", *_rows(flows))
    return site, flows


def _flows(meter: Meter[Journey], people: Sequence[Person], post: Courier, ground: Ground) -> Flows:
    journeys = server.journeys(meter.site, people, Wire(meter.site.port))
    known, phones, mailboxes = journeys[:EACH], journeys[EACH : 2 * EACH], journeys[-EACH:]
    meter.steps(known, SIGN_IN)
    known_costs = meter.steps(known, SIGN_IN)
    meter.steps(phones[:WARM_UP], STEP_UP)
    beside = process.cpu(ground.pids)
    phone_costs = meter.steps(phones[WARM_UP:], STEP_UP)
    beside = process.cpu(ground.pids) - beside
    post.wait_for(EACH)
    _code(meter, mailboxes[:WARM_UP], post)
    code_costs = _code(meter, mailboxes[WARM_UP:], post)
    return Flows(known_costs, phone_costs, code_costs, post.milliseconds(), beside / PEOPLE * 1000)


def _code(meter: Meter[Journey], journeys: Sequence[Journey], post: Courier) -> list[Cost]:
    before = post.delivered
    costs = meter.steps(journeys, MAILED)
    post.wait_for(before + len(journeys))
    sent = outbox.codes(post.folder)
    for journey in journeys:
        journey.code = sent[journey.person.email]
    costs += meter.steps(journeys, CODE)
    post.wait_for(before + 2 * len(journeys))
    return costs


def _rows(flows: Flows) -> list[Row]:
    rows = []
    for name, costs in (
        ("sign-in, known browser", flows.known),
        ("step-up with a phone", flows.phone),
        ("step-up with a mailed code", flows.code),
    ):
        rows += [Row(f"  {cost.name}", cost.server, "ms") for cost in costs]
        client = sum(cost.client for cost in costs)
        rows.append(
            Row(
                f"{name}, together",
                total(costs),
                "ms",
                note=f"{len(costs)} requests; the client took {client:.1f} ms",
            )
        )
    rows.append(
        Row(
            "one mail, by the delivery process",
            flows.mail,
            "ms",
            note="a step-up with a phone sends one, one with a code two",
        )
    )
    if flows.services:
        rows.append(Row("PostgreSQL and Valkey, for a step-up with a phone", flows.services, "ms"))
    return rows


def compare(report: Report, flows: Flows, folder: Path) -> None:
    """Against password → TOTP → in."""
    say("django-allauth, measured in the same way")
    theirs = rival.measure(
        folder, rounds=ROUNDS, hash_cpu=hash_cpu(ROUNDS), people=PEOPLE, warm_up=WARM_UP
    )
    whole = total(theirs) if theirs else None
    rows = [Row(f"  {cost.name}", cost.server, "ms") for cost in theirs or []]
    rows.append(
        Row(
            "django-allauth, password → TOTP → in",
            whole,
            "ms",
            note=f"version {rival.ALLAUTH}, SQLite, its own templates",
        )
    )
    page_side = [cost for cost in flows.phone if not cost.name.startswith(PHONE)]
    for name, costs, goal in (
        ("step-up with a phone", flows.phone, 0.5),
        ("the same without the phone's own requests", page_side, None),
        ("step-up with a mailed code", flows.code, None),
        ("sign-in, known browser", flows.known, None),
    ):
        rows.append(
            Row(
                f"{name} ÷ django-allauth",
                total(costs) / whole if whole else None,
                "",
                "at most" if goal else "",
                goal,
            )
        )
    report.add("CPU beside django-allauth, hash taken off", *rows)
