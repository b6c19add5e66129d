"""The press: a class's papers are drawn, set in chunks, cut, collected and moved into the exam folder.

An interrupted run leaves finished chunks in a hidden folder beside the target, and the next run goes on from there.
"""
