import pytest

from smsplatform.accounts.models import Account, Role, User
from smsplatform.accounts.operations import members
from tests.accounts.conftest import events, membership_of, rights
from tests.conftest import NOW, MakeMember


def test_change_gives_the_role_and_the_permissions_and_leaves_an_event(
    in_account: Account, admin: User, marketer: User
) -> None:
    membership = membership_of(in_account, marketer)

    members.change(
        in_account,
        membership=membership,
        role="READ_ONLY",
        import_allowed=False,
        export_allowed=True,
        by=admin,
        now=NOW,
    )

    assert rights(in_account) == {
        "admin@example.com": ("ADMIN", True, True),
        "marketer@example.com": ("READ_ONLY", False, True),
    }
    assert events(in_account) == [("MEMBER_CHANGED", "Marketer", "admin@example.com")]


def test_remove_ends_the_membership_and_keeps_the_person(in_account: Account, admin: User, marketer: User) -> None:
    members.remove(in_account, membership=membership_of(in_account, marketer), by=admin, now=NOW)

    assert list(rights(in_account)) == ["admin@example.com"]
    assert User.objects.filter(pk=marketer.pk).exists()
    assert events(in_account) == [("MEMBER_REMOVED", "Marketer", "admin@example.com")]


def test_the_only_administrator_cannot_be_demoted(in_account: Account, admin: User, manager: User) -> None:
    membership = membership_of(in_account, admin)
    before = rights(in_account)

    with pytest.raises(members.LastAdmin) as refusal:
        members.change(
            in_account,
            membership=membership,
            role="MARKETER",
            import_allowed=True,
            export_allowed=True,
            by=manager,
            now=NOW,
        )

    assert str(refusal.value.message) == "Admin est le seul administrateur. Nommez-en d'abord un autre."
    assert (rights(in_account), events(in_account)) == (before, [])


def test_the_only_administrator_cannot_be_removed(in_account: Account, admin: User, marketer: User) -> None:
    before = rights(in_account)

    with pytest.raises(members.LastAdmin):
        members.remove(in_account, membership=membership_of(in_account, admin), by=admin, now=NOW)

    assert (rights(in_account), events(in_account)) == (before, [])


def test_the_only_administrator_keeps_the_role_when_only_permissions_change(in_account: Account, admin: User) -> None:
    members.change(
        in_account,
        membership=membership_of(in_account, admin),
        role="ADMIN",
        import_allowed=False,
        export_allowed=False,
        by=admin,
        now=NOW,
    )

    assert rights(in_account) == {"admin@example.com": ("ADMIN", False, False)}


def test_two_stale_copies_cannot_both_leave_the_account_without_an_administrator(
    in_account: Account, admin: User, make_member: MakeMember
) -> None:
    second = make_member(in_account, "second@example.com", Role.ADMIN)
    stale = [membership_of(in_account, admin), membership_of(in_account, second)]

    members.remove(in_account, membership=stale[0], by=second, now=NOW)
    with pytest.raises(members.LastAdmin):
        members.remove(in_account, membership=stale[1], by=admin, now=NOW)

    assert rights(in_account) == {"second@example.com": ("ADMIN", True, True)}


@pytest.mark.parametrize("operation", ["change", "remove"])
def test_the_account_manager_is_out_of_reach(in_account: Account, admin: User, manager: User, operation: str) -> None:
    membership = membership_of(in_account, manager)
    new_rights = {"role": "READ_ONLY", "import_allowed": False, "export_allowed": False}
    before = rights(in_account)

    with pytest.raises(members.ManagedByPlatform):
        getattr(members, operation)(
            in_account,
            membership=membership,
            by=admin,
            now=NOW,
            **(new_rights if operation == "change" else {}),
        )

    assert (rights(in_account), events(in_account)) == (before, [])


def test_an_account_cannot_name_an_account_manager(in_account: Account, admin: User, marketer: User) -> None:
    before = rights(in_account)

    with pytest.raises(members.ManagedByPlatform):
        members.change(
            in_account,
            membership=membership_of(in_account, marketer),
            role="ACCOUNT_MANAGER",
            import_allowed=True,
            export_allowed=True,
            by=admin,
            now=NOW,
        )

    assert (rights(in_account), events(in_account)) == (before, [])
