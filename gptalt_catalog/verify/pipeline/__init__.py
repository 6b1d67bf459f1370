"""Plan, score, grade: three steps that meet in two files, so that each can run on its own machine.

:mod:`.tasks` loads the tasks of ``evalhooks/``, and :mod:`.protocols` says to which protocols of the
catalog they answer. :mod:`.planner` lets lm-eval build every prompt without weights, in the order of the
audit; :mod:`.requests` keeps prompts and answers in files that survive ``kill -9`` and show tampering;
:mod:`.scorer` answers them with torch and transformers alone, by the fast ways of :mod:`.prefix` or the
plain one of :mod:`.stock`; :mod:`.grader` replays the answers through lm-eval's own metrics. :mod:`.runner`
joins the three for an audit in one process.

:mod:`.requests`, :mod:`.tokens`, :mod:`.batches`, :mod:`.stock`, :mod:`.generation`, :mod:`.scorer` and
:mod:`.prefix` import the standard library only (torch and transformers inside functions), so that they run
where nothing else of this project is installed.
"""
