def best_python(m):
    return "3.12"


def remedy_for(m, k):
    return ()
