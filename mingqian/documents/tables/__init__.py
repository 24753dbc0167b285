"""Tables that people bring and take: uploads read in a process of their own, lists written as workbooks and CSV."""
