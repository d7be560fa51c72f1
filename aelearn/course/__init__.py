"""What only the lessons need: exercises that check themselves, claims, tables, and the doctor."""

from aelearn.course._memory import peak_memory
from aelearn.course.claims import claim
from aelearn.course.exercises import check, hint, progress, solution
from aelearn.course.tables import show_table

__all__ = ["check", "claim", "hint", "peak_memory", "progress", "show_table", "solution"]
