"""Load the demo bureau: people, registries brought in through the real import, and three draws at different stages."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from secrets import token_hex
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from mingqian.accounts import services as accounts
from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.states import DivisionKind, OrganKind, Role
from mingqian.casework.register.states import ChangeKind
from mingqian.common import clock
from mingqian.documents.imports import services as import_services
from mingqian.documents.imports.states import ImportState
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.ceremony.selectors import lot_of
from mingqian.drawing.draft import services as draft_services
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.models import Draft, Draw
from mingqian.drawing.people.services import approve as approve_people, ask as ask_people
from mingqian.drawing.prepared.selectors import prepare
from mingqian.drawing.voids import services as void_services
from mingqian.drawing.witnesses.services import commit_invited, invite, reveal_invited
from mingqian.drawing.witnesses.states import Credential
from mingqian.planning.items import selectors as item_selectors
from mingqian.planning.items.services import ITEMS
from mingqian.planning.laws import services as law_services
from mingqian.planning.models import Task
from mingqian.planning.plans import services as plan_services
from mingqian.planning.plans.services import PLANS
from mingqian.planning.selectors import PLAN_RECORDS
from mingqian.planning.tasks import selectors as task_selectors, services as task_services
from mingqian.portal.demo import bureau, items, plan as demo_plan
from mingqian.registry.experts import services as expert_services
from mingqian.registry.imports.states import ImportKind
from mingqian.registry.libraries import services as library_services
from mingqian.registry.parts import services as part_services
from mingqian.registry.people import services as people_services
from mingqian.registry.people.selectors import inspectors_of
from mingqian.registry.people.states import InterestKind, OutReason
from mingqian.registry.subjects import services as subject_services, states as subject_states
from mingqian.registry.subjects.selectors import subjects_of

_WITNESSES = ["综合法规科 孙立群", "法律顾问 陶静", "企业代表 马国庆"]
_DIGITS = ("3164521364512", "6215436124", "445566112233")


class Command(BaseCommand):
    """Refuses to touch a database that already holds an organ."""

    help = "装入演示机关（只用于空数据库）"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load everything."""
        if Organ.objects.exists():
            raise CommandError("数据库里已有机关，不装入演示数据。")
        organ = self._people()
        officer = User.objects.get(username="jingban")
        self._bring_in(officer, ImportKind.SUBJECTS, "演示企业名单.csv", bureau.companies())
        self._bring_in(officer, ImportKind.INSPECTORS, "演示执法人员名单.csv", bureau.inspectors())
        self._people_matters(officer, organ)
        self._subject_matters(officer, organ)
        self._items(organ)
        self._plans(organ)
        self._draws(organ)
        self._doubtful(officer, organ)

    @transaction.atomic
    def _people(self) -> Organ:
        organ = accounts.create_organ(
            "system",
            code="zibo",
            name="淄博市工业和信息化局",
            short_name="淄博市工信局",
            kind=OrganKind.CITY,
            area_code="370300",
        )
        divisions: dict[str, Division] = {}
        for code, name, kind in bureau.DIVISIONS:
            divisions[code] = accounts.create_division("system", organ=organ, code=code, name=name, kind=kind)
        for code, name, keeper, _words in bureau.FIELDS:
            field = accounts.create_field("system", organ=organ, code=code, name=name)
            made = divisions[keeper]
            accounts.change_division("system", made, name=made.name, kind=DivisionKind(made.kind), fields=[field])
        since = clock.today() - timedelta(days=365)
        for username, name, division, role in bureau.USERS:
            user = accounts.create_user(
                "system",
                username=username,
                password=bureau.PASSWORD,
                name=name,
                organ=organ,
                division=divisions[division] if division else None,
            )
            accounts.grant_role("system", user=user, role=Role(role), since=since)
        return organ

    @transaction.atomic
    def _people_matters(self, officer: User, organ: Organ) -> None:
        """Put something beside the inspectors, so that the pages show how it looks; the declaration comes from the inspector's account."""
        today = clock.today()
        first, second, third = inspectors_of(organ)[:3]
        companies = subjects_of(organ)[:2]
        people_services.add_absence(
            officer, second, reason=OutReason.TRAINING, since=today, until=today + timedelta(days=5)
        )
        people_services.add_absence(
            officer, third, reason=OutReason.TRAVEL, since=today + timedelta(days=20), until=today + timedelta(days=24)
        )
        account = User.objects.get(username="jiancha")
        people_services.link_account(officer, first, account)
        since = today - timedelta(days=400)
        people_services.declare_interest(account, companies[0], kind=InterestKind.SHAREHOLDING, since=since)
        people_services.add_interest(
            officer, third, companies[1], kind=InterestKind.RELATIVE, since=since, note="配偶任财务主管"
        )
        people_services.add_qualification(
            officer, first, name="注册安全工程师", number="3720001234", valid_until=today + timedelta(days=300)
        )
        for values in bureau.EXPERTS:
            expert_services.add_expert(officer, values)

    @transaction.atomic
    def _subject_matters(self, officer: User, organ: Organ) -> None:
        """Put something of everything beside the companies: libraries, permits, flags of each kind, exemptions."""
        today = clock.today()
        for code, name, basis, word in bureau.LIBRARIES:
            library = library_services.add_library(officer, code=code, name=name, basis=basis)
            numbers = subjects_of(organ).filter(name__contains=word).values_list("number", flat=True)
            library_services.put_in(officer, library, "\n".join(numbers))
        makers = list(subjects_of(organ).filter(name__contains="民爆", status="active")[:6])
        for position, subject in enumerate(makers):
            part_services.add_permit(
                officer,
                subject,
                name="民用爆炸物品销售许可证",
                number=f"（鲁）MB销许证字-{position + 11}",
                issuer="山东省工业和信息化厅",
                since=today - timedelta(days=900 + position * 40),
                until=today + timedelta(days=position * 60 - 90),
            )
        others = list(subjects_of(organ).exclude(name__contains="民爆").filter(status="active")[10:40:3])
        for position, subject in enumerate(others[:6]):
            kind, source, document = bureau.FLAGS[position % len(bureau.FLAGS)]
            since = today - timedelta(days=30 + position * 25)
            part_services.add_flag(officer, subject, kind=kind, source=source, document=document, since=since)
        for position, subject in enumerate(others[6:9]):
            part_services.add_exemption(
                officer,
                subject,
                code=f"miansao-{today.year - (position == 2)}",
                basis="鲁政办发〔2025〕9号 免检免扰企业名单",
                source="市发展和改革委员会",
                since=today - timedelta(days=100 + 365 * (position == 2)),
                until=today + timedelta(days=265 - 365 * (position == 2)),
            )

    @transaction.atomic
    def _doubtful(self, officer: User, organ: Organ) -> None:
        """Register one company twice, and change another, so that there is something to merge and to look back on."""
        first, second = subjects_of(organ).filter(status="active")[3:5]
        values = subject_states.SubjectValues(
            name=first.name,
            address=first.address.removeprefix("山东省淄博市"),
            responsible_person=first.responsible_person,
        )
        subject_services.add_subject(officer, values)
        moved = subject_states.SubjectValues(
            name=second.name, address=second.address.replace("路", "大道"), status=second.status
        )
        subject_services.change_subject_by_hand(officer, second, moved, why="企业来函：住所变更")

    @transaction.atomic
    def _items(self, organ: Organ) -> None:
        """Fill the law library, publish a first list as article 5 has it, and leave a change under way."""
        officer, regulations, leader = (User.objects.get(username=name) for name in ("jingban", "fagui", "fenguan"))
        for code, name, issuer, level, number, editions in items.LAWS:
            first, *later = editions
            law = law_services.add_law(
                regulations, code=code, name=name, issuer=issuer, level=level, document_number=number, edition=first
            )
            for edition in later:
                law_services.amend_law(regulations, law, edition)
        divisions = {division.code: division for division in organ.divisions.all()}
        author = {"jieneng": officer, "minbao": self._explosives_officer(organ, divisions["minbao"])}
        rows = []
        for code, values in items.ITEMS:
            row = ITEMS.draft(author[code], divisions[code], values)
            row = ITEMS.submit(author[code], row)
            rows.append(ITEMS.consult(regulations, row, remark="依据条款已核对"))
        version = ITEMS.compose(regulations, regulations.organ, title=items.LIST_TITLE, why=items.LIST_WHY, taken=rows)
        ITEMS.publish(leader, version, remark="同意公布")
        rows[0].refresh_from_db()
        change = ITEMS.draft_change(officer, rows[0], ChangeKind.CHANGE)
        values = replace(items.ITEMS[0][1], content=items.CHANGED_CONTENT, why=items.CHANGED_WHY)
        ITEMS.submit(officer, ITEMS.write(officer, change, values))

    @transaction.atomic
    def _plans(self, organ: Organ) -> None:
        """Publish this year's plan as article 8 has it and open its first tasks; leave the next year's under way."""
        today = clock.today()
        regulations, leader = (User.objects.get(username=name) for name in ("fagui", "fenguan"))
        authors = {"jieneng": User.objects.get(username="jingban"), "minbao": User.objects.get(username="minbao")}
        divisions = {division.code: division for division in organ.divisions.all()}
        codes = [item.item.code for item in item_selectors.usable_items(organ, today)]
        plan = plan_services.open_plan(regulations, today.year)
        rows = []
        for code, values in demo_plan.entries(today, codes):
            row = PLANS.draft(authors[code], plan, divisions[code], values)
            rows.append(PLANS.consult(regulations, PLANS.submit(authors[code], row)))
        title = demo_plan.TITLE.format(year=today.year)
        version = PLANS.compose(regulations, plan, title=title, why=demo_plan.WHY, taken=rows)
        PLANS.publish(leader, version, remark="同意公布")
        for row in PLAN_RECORDS.lines(version)[:2]:
            task_services.open_task(authors[row.division.code], row, 1)
        coming = plan_services.open_plan(regulations, today.year + 1)
        for position, (code, values) in enumerate(demo_plan.next_year(today.year + 1, codes)):
            row = PLANS.draft(authors[code], coming, divisions[code], values)
            if position:
                row = PLANS.submit(authors[code], row)
            if position == 2:
                PLANS.consult(regulations, row)

    def _explosives_officer(self, organ: Organ, division: Division) -> User:
        user = accounts.create_user(
            "system", username="minbao", password=bureau.PASSWORD, name="孟凡林", organ=organ, division=division
        )
        since = clock.today() - timedelta(days=365)
        accounts.grant_role("system", user=user, role=Role.DIVISION_OFFICER, since=since)
        return user

    def _bring_in(self, officer: User, kind: ImportKind, file_name: str, table: str) -> None:
        batch = import_services.upload(officer, kind=kind, file_name=file_name, content=table.encode())
        self._work()
        batch.refresh_from_db()
        import_services.confirm(officer, batch, all_or_nothing=True)
        self._work()
        batch.refresh_from_db()
        if batch.state != ImportState.DONE:
            raise CommandError(f"{file_name}：{batch.get_state_display()}")

    def _work(self) -> None:
        """Do what waits in the background, here and now."""
        call_command(
            "db_worker", queue_name="*", interval=0, batch=True, startup_delay=False, reload=False, verbosity=0
        )

    def _draft(self, officer: User, organ: Organ, task: Task, **fields: Any) -> Draft:
        draft = draft_services.create_draft(officer, task)
        divisions = list(
            organ.divisions.filter(code__in=("jieneng", "anquan", "xinxi", "minbao")).values_list("pk", flat=True)
        )
        settings = {
            "divisions": divisions,
            "witnesses": _WITNESSES,
            "open_by": clock.now() + timedelta(days=3),
            **fields,
        }
        return draft_services.save_draft(officer, draft, **settings)

    def _seal(self, officer: User, organ: Organ, task: Task) -> Draw:
        draft = self._draft(officer, organ, task)
        # Divisions beyond those that the plan names as partners are the principal leader's to decide on.
        ground = "本科室执法检查人员少，名额内各检查组须跨科室抽取人员"
        asked = ask_people(officer, draft, ground=ground)
        approve_people(User.objects.get(username="juzhang"), asked, remark="同意")
        return draw_services.seal(officer, draft, reviewed=prepare(draft).reviewed)

    def _ceremony(self, officer: User, draw: Draw) -> None:
        """Let the first two witnesses commit on their phones and open after the close, the others speak."""
        given = list(enumerate(_DIGITS, 1))
        phones = [
            (invite(officer, lot_of(draw), position=position, credential=Credential.ID_CARD), digits, token_hex(32))
            for position, digits in given[:2]
        ]
        for invitation, digits, nonce in phones:
            text = f"MQ2/witness\n{draw.seal_digest}\n{invitation.position}\n{digits}\n{nonce}"
            commit_invited(invitation, commit=sha256(text.encode()).hexdigest())
        for position, digits in given[2:]:
            ceremony_services.speak(officer, draw, position=position, digits=digits)
        for invitation, digits, nonce in phones:
            reveal_invited(invitation, digits=digits, nonce=nonce)

    def _draws(self, organ: Organ) -> None:
        """Open the draw of the plan's first task; seal that of the second, void it, settle it with the first, and seal it again."""
        officer, explosives, leader = (User.objects.get(username=name) for name in ("jingban", "minbao", "fenguan"))
        tasks = list(task_selectors.tasks_visible_to(officer).filter(organ=organ).order_by("pk"))
        other = self._seal(explosives, organ, tasks[1])
        asked = void_services.ask(explosives, other, reason="现场停电，抽取监督人未能献数")
        void_services.approve(leader, asked, remark="同意")
        draw = self._seal(officer, organ, tasks[0])
        self._ceremony(officer, draw)
        draw_services.open_draw(officer, draw)
        task = task_selectors.task_for(explosives, tasks[1].code)
        for meeting in task_selectors.pool_of(task).meetings:
            proposal = task_services.propose_joint(explosives, task, meeting.task, note="同一时段，一次查完")
            task_services.answer_joint(officer, proposal, agree=True)
        self._seal(explosives, organ, task)
