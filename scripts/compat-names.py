# Prints wasm/pickle/names/python2.txt from the standard library's own table. Run once per Python
# that changes it:  python3 scripts/compat-names.py > wasm/pickle/names/python2.txt
import _compat_pickle
import sys

print("# What a name of Python 2 means to Python 3's unpickler, when the stream's protocol is below 3.")
print(f"# Printed by scripts/compat-names.py from _compat_pickle of Python {sys.version.split()[0]}.")
print("# `module -> module`, or `module name -> module name`.")
for old, new in sorted(_compat_pickle.IMPORT_MAPPING.items()):
    print(f"{old} -> {new}")
for (module, name), (to, new) in sorted(_compat_pickle.NAME_MAPPING.items()):
    print(f"{module} {name} -> {to} {new}")
