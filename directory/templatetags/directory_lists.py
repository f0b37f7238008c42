"""What the page of a diffusion list says of its rule and of the merge it came from."""

from dataclasses import dataclass

from django import template
from django.utils import timezone

from contacts.models import ContactList
from directory.models import ListMerge
from directory.operations import merge_undo
from directory.queries import living

register = template.Library()


@dataclass(frozen=True)
class Living:
    """`words`: the rule; `problem`: why it cannot be followed any more; `is_behind`: contacts have changed since."""

    words: str
    problem: str
    is_behind: bool


@register.simple_tag
def living_state(contact_list: ContactList) -> Living | None:
    """Return what is said of a list that keeps itself up to date, None for any other."""
    if not contact_list.is_living:
        return None
    account, now = contact_list.account, timezone.now()
    problem = living.problem(account, contact_list)
    is_behind = not problem and living.is_behind(account, contact_list, now=now)
    return Living(living.in_words(account, contact_list), problem, is_behind)


@register.simple_tag
def undoable_merge(contact_list: ContactList) -> ListMerge | None:
    """Return the last merge into a list, while it can be taken back."""
    rows = ListMerge.objects.filter(account=contact_list.account, target=contact_list, status=ListMerge.Status.DONE)
    merge = rows.filter(undone_at=None).select_related("first", "second", "target").order_by("-pk").first()
    return None if merge is None or merge_undo.refusal(merge, now=timezone.now()) else merge
