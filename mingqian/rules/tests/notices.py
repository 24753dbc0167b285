"""A notice of the State Council for tests."""

#: Invented, for a year that nobody has published yet.
NOTICE_2027 = """元旦 2027-01-01 至 2027-01-03 放假
春节：2月5日至11日放假调休，共7天。1月30日（周六）、2月13日（星期六）上班。"""
