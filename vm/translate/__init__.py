"""Long scalar runs, translated: C made of the bundles that a run goes round in, compiled while it goes on.

The core tells what its planned bundles do (`region`), that becomes a C function (`emit`), which a C compiler turns into
a library (`build`); when and of what, `tier` decides. Without a compiler, or before it is done, the core interprets.
"""
