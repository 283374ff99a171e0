"""Tables of readings people bring: columns, headings, times, units."""
