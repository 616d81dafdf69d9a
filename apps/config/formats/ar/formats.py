"""Arabic: the day before the month, the clock in 24 hours, the decimal point of money and surveys (12.500), and
thousands parted as in English."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y، H:i"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
