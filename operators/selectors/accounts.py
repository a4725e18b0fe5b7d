"""Reads of casinos, their operator accounts and their API keys."""

from django.db.models import QuerySet

from operators.fields import digest_key
from operators.models import ApiKey, Casino, Operator, OperatorState, Protocol
from operators.selectors.refusals import Refusal

# The protocols of which a launch can be made today.
LAUNCHABLE = (Protocol.GENERIC, Protocol.AGENT)
# The protocols with lists of what the platform offers; gmag has none.
LISTED = (Protocol.GENERIC, Protocol.HIZI, Protocol.AGENT)


class UnknownOperator(Refusal):
    """The casino has no operator account of that id."""

    code = "unknown_operator"


def get_operator(operator_id: int) -> Operator:
    """:raises Operator.DoesNotExist:"""
    return Operator.objects.select_related("casino").get(pk=operator_id)


def get_operator_to_launch(casino: Casino, operator_ref: str) -> Operator:
    """Return the casino's operator of an id; where two protocols share the id, the one that can launch.

    :raises UnknownOperator:
    """
    found = list(casino.operators.select_related("casino").filter(operator_ref=operator_ref).order_by("pk"))
    if not found:
        raise UnknownOperator(
            f"The casino has no operator “{operator_ref}”.", fields={"operator_id": "There is no such operator."}
        )
    return min(found, key=lambda operator: operator.protocol not in LAUNCHABLE)


def list_operators_with_catalogue() -> QuerySet[Operator]:
    """The operators whose catalogues are kept in step: those that take part in play, of protocols that have lists."""
    operators = Operator.objects.filter(protocol__in=LISTED, state=OperatorState.ACTIVE)
    return operators.exclude(api_host="").select_related("casino").order_by("pk")


def find_api_key(text: str) -> ApiKey | None:
    """Return the key that a caller shows, unless it was revoked."""
    keys = ApiKey.objects.select_related("casino").filter(revoked_at__isnull=True)
    return keys.filter(digest=digest_key(text)).first()
