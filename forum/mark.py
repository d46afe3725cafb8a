"""The half circle of seven chairs in numbers, for whatever draws it."""

BOX = (56, 32)  # width and height around the dots
DOTS = ((6, 27), (8.9, 16), (17, 7.9), (28, 5), (39, 7.9), (47.1, 16), (50, 27))
CENTRE = (28, 27)  # of the circle the dots lie on
RADIUS = 4.5  # of a dot
ONE = 4  # the dot in the accent

PAPER, INK, ACCENT = "#fbf7f0", "#0f2f38", "#b52a19"
DARK_INK, DARK_ACCENT = "#f3eee4", "#ff8f78"
