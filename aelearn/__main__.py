"""python -m aelearn: is this machine ready for the course?"""

import sys

from aelearn.course.doctor import report

if __name__ == "__main__":
    sys.exit(0 if report() else 1)
