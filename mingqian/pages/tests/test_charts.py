"""Charts as values: columns stand on the base, reach as high as they say, and are told in words."""

from mingqian.pages.charts import HEIGHT, Value, columns


def test_columns_stand_on_the_base_and_reach_up_in_proportion() -> None:
    """Twice the value is twice the height; nothing leaves the picture; the line through the top spans least to most."""
    chart = columns("家数", [Value("甲", 10, "10"), Value("乙", 20, "20", low=15, high=27), Value("丙", 0, "0")])
    first, second, third = chart.columns
    assert abs(second.height - 2 * first.height) < 0.2
    assert third.height == 0
    assert all(abs(one.y + one.height - chart.base) < 0.2 for one in chart.columns)
    assert all(0 <= one.top <= HEIGHT for one in chart.columns)
    assert second.line is not None
    low, high = second.line
    assert high < second.y < low
    assert second.top == high
    assert chart.told == "甲：10；乙：20；丙：0"
    assert [line.text for line in chart.lines] == ["0", "10", "20", "30"]


def test_a_chart_of_nothing_is_a_chart() -> None:
    """No values, or none above zero."""
    assert columns("空", []).columns == []
    assert columns("零", [Value("甲", 0, "0")]).columns[0].height == 0
