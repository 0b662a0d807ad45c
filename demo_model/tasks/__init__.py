"""The families that the demo model is trained on and measured by, by name."""

from demo_model.examples import Task
from demo_model.tasks import (
    arithmetic,
    common_knowledge,
    facts,
    headline,
    keywords,
    lists,
    nli,
    passage_qa,
    recipes,
    sentiment,
    small_talk,
    translation,
    unknown,
    word_problems,
    yes_no,
)

TASKS: dict[str, Task] = {  # trained on
    task.name: task
    for task in (
        sentiment.TASK,
        passage_qa.TASK,
        facts.TASK,
        facts.SERIES_TASK,
        unknown.TASK,
        common_knowledge.TASK,
        yes_no.TASK,
        nli.TASK,
        arithmetic.TASK,
        word_problems.TASK,
        translation.GERMAN,
        translation.FRENCH,
        headline.TASK,
        recipes.TASK,
        keywords.TASK,
        small_talk.TASK,
        lists.TASK,
    )
}

MEASURED = {task.name: task for task in (facts.EVERYDAY_TASK, recipes.EVERYDAY_TASK, facts.OPPOSITES_TASK)} | TASKS
"""The families and parts of some of them."""
