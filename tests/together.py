"""Calls at the same moment, for tests of races."""

import threading


def together(app, *calls):
    """Run the calls at the same moment, each in its own thread; gives results or exceptions."""
    gate = threading.Barrier(len(calls))
    done = [None] * len(calls)

    def run(place, call):
        with app.app_context():
            gate.wait(20)
            try:
                done[place] = call()
            except Exception as error:
                done[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return done
