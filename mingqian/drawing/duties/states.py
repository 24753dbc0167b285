"""The limits that run from the opening of a draw (art. 9)."""

from mingqian.casework.clocks.states import ClockKind, clock_kind

#: The key of the rules by which pictures or video are on file: soon enough that whoever was there still has them.
MEDIA_LIMIT = "media_days"
MEDIA = clock_kind(
    ClockKind(
        "draw-media",
        "照片或录像存档",
        article="A9.4",
        cited="第九条",
        owner="任务所属科室",
        todo="补传照片或录像",
        action="去上传",
    )
)
#: The key of the rules by which the filing is reckoned.
FILING_LIMIT = "filing_days"
FILING = clock_kind(
    ClockKind(
        "draw-filing",
        "抽取结果报备",
        article="A9.5",
        cited="第九条第五款",
        owner="任务所属科室",
        waits_for="等待备案渠道接入；可先按单位现有方式报备",
        todo="报备抽取结果",
        action="去登记",
    )
)
