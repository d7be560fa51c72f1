"""Speed and quality, side by side with other libraries: `python course.py bench [NAME]`."""

import aelearn  # noqa: F401  first: it keeps TensorFlow quiet
