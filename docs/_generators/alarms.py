"""The alarms about rootwatch itself, from the data that they are made of."""

from docs._generators.tables import table
from stacks import alarms
from stacks.alarm import Alarm

# The functions of a hub with everything set up, and the minutes between the runs of those that a schedule starts.
FUNCTIONS = {
    "monitor": None,
    "backstop": None,
    "sweep": 1,
    "tags": 15,
    "coverage": 5,
    "posture": 15,
    "heartbeat": 1,
}


def every_alarm() -> str:
    """A line for each alarm."""
    found = alarms.of_hub(FUNCTIONS, records="rootwatch-records", log_files="rootwatch-log-files")
    rows = [(f"`{alarm.name}`", _when(alarm), alarm.means, alarm.do) for alarm in found]
    return table(("alarm", "goes off when", "means", "do"), rows)


def _when(alarm: Alarm) -> str:
    bound = "at least" if alarm.bad == "at-least" else "less than"
    for_long = f", {alarm.periods} times in a row" if alarm.periods > 1 else ""
    return (
        f"{alarm.statistic.lower()} of `{alarm.metric}` in {alarm.period_seconds // 60} min is {bound} "
        f"{alarm.threshold:g}{for_long}"
    )
