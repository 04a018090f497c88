"""Pages of modules and lessons: the list, a module, a lesson, answering on the way, pictures."""

from flask import Blueprint

bp: Blueprint = Blueprint("curriculum", __name__)

# the views attach themselves to the blueprint above
from lms.web.curriculum import lessons, local, paper, pictures, ways  # noqa: E402, F401
from lms.web.curriculum.lessons import topic_words  # noqa: E402
from lms.web.curriculum.opening import back_to, open_for_asker  # noqa: E402

__all__ = ["back_to", "bp", "open_for_asker", "topic_words"]
