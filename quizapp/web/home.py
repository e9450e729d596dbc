"""Home, which says what is so today, and one's own progress."""

from flask import Blueprint, render_template

from quizapp.services.progress import home, mastery
from quizapp.web import charts, mastery_words, today
from quizapp.web.guard import access, actor, now

bp = Blueprint("home", __name__)


@bp.get("/")
@access("home")
def show() -> str:
    """What is due and what is known to a trainee; what needs a hand to everybody else."""
    if actor().role == "trainee":
        found = home.of_trainee(actor(), now=now())
        return render_template(
            "home/trainee.html",
            home=found,
            news=today.news_of_trainee(found, now()),
            charts=charts,
            said=mastery_words,
            today=today,
            now=now(),
        )
    staff = home.of_staff(actor(), now=now())
    return render_template(
        "home/staff.html",
        home=staff,
        news=today.news_of_staff(staff, now()),
        today=today,
        now=now(),
    )


@bp.get("/progress")
@access("provision.read")
def progress() -> str:
    """The last four weeks beside the four before, task by task."""
    trends = mastery.read_trends(actor(), now=now())
    return render_template(
        "home/progress.html",
        trends=trends,
        news=today.news_of_progress(trends),
        said=mastery_words,
    )
