"""What only the lessons need: exercises that check themselves, claims, and the doctor."""

from aelearn.course.claims import claim
from aelearn.course.exercises import check, hint, progress, solution

__all__ = ["check", "claim", "hint", "progress", "solution"]
