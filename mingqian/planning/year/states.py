"""How far the reckoning of a year is."""

from django.db import models


class YearPhase(models.TextChoices):
    """What the worker is doing for the reckoning of a plan's year."""

    WAITING = "waiting", "等待处理"
    READING = "reading", "读取名录库和计划条目"
    REHEARSING = "rehearsing", "以真实抽取程序模拟全年"
    RECKONING = "reckoning", "精确计算"
    ENDED = "ended", "已完成"
    FAILED = "failed", "未完成"
