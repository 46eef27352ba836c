"""The metric filter that counts the events of one alarm in the trail's log group.

One call sets all of a filter, and it has no tags: its name, which begins with that of the set-up, says whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.model.alarm_patterns import Scene, Watch
from services.model.calls import Call
from services.model.naming import Names
from services.model.resource import Facet, Removal, Resource, Turn
from services.model.values import Ref, Tree, entries, items

GROUP = Ref("trail", "log_group")
"""The log group that a trail says it writes into."""

_NEW = frozenset({"ResourceNotFoundException"})
_FRESH = _NEW | {"OperationAbortedException"}


def metric_filter(names: Names, watch: Watch, scene: Scene, group: Tree) -> Resource:
    """The filter of one row of the table of patterns, in the log group of that name, with a metric of the same name."""
    name = names.alarm(watch.what)
    at = f"metricFilters[?filterName=='{name}']|[0]"
    listing: Mapping[str, Tree] = {"logGroupName": group, "filterNamePrefix": name}
    wanted = watch.pattern(scene)
    metric: Mapping[str, Tree] = {
        "metricNamespace": names.metric_namespace,
        "metricName": name,
        "metricValue": "1",
    }

    def get(outputs: Mapping[str, str], absent: frozenset[str] = frozenset()) -> Call:
        transient = frozenset() if absent else _FRESH
        return Call("logs", "DescribeMetricFilters", listing, outputs, absent, transient)

    put = Call(
        "logs",
        "PutMetricFilter",
        {
            "logGroupName": group,
            "filterName": name,
            "filterPattern": wanted,
            "metricTransformations": [metric],
        },
        transient=_FRESH,
    )
    kind = f"Metric filter {watch.what}"
    return Resource(
        name=f"filter-{watch.what}",
        kind=kind,
        title=f"{kind} ({name})",
        says=f"counts when {watch.says}",
        lookup=get({"arn": f"{at}.filterName"}, _NEW),
        create=put,
        after=("trail",),
        facets=lambda _origin: (
            Facet(
                name="pattern",
                says="counts what it should, in this set-up only, for its alarm",
                want={"filterPattern": wanted, "metricTransformations": [metric]},
                read=get({"have": _HAVE.format(at)}),
                write=lambda _have, _target: put,
                normal=_counting,
                born=True,
                words=_words,
            ),
        ),
        removal=Removal(
            Turn.FILTER,
            (
                Call(
                    "logs",
                    "DeleteMetricFilter",
                    {"logGroupName": group, "filterName": name},
                    absent=_NEW,
                    transient=frozenset({"OperationAbortedException"}),
                ),
            ),
            proof=("log_group", f"alarm-{watch.what}"),
        ),
    )


_HAVE = "{}.{{filterPattern: filterPattern, metricTransformations: metricTransformations}}"
_METRIC = ("metricNamespace", "metricName", "metricValue", "dimensions", "defaultValue")


def _counting(value: Tree) -> Tree:
    state = entries(value)
    metrics = [entries(metric) for metric in items(state.get("metricTransformations"))]
    return {
        "pattern": state.get("filterPattern") or None,
        "into": [{name: metric.get(name) or None for name in _METRIC} for metric in metrics],
    }


def _words(value: Tree) -> str:
    state = entries(value)
    if not state.get("filterPattern"):
        return "counts everything" if state else "counts nothing"
    metrics = [entries(metric) for metric in items(state.get("metricTransformations"))]
    into = ", ".join(f"{metric.get('metricNamespace')}/{metric.get('metricName')}" for metric in metrics)
    return f"counts {state['filterPattern']!s} into {into or 'no metric'}"
