# Files as joblib writes them, with every compressor that it has, and numpy archives of every zip method.
import collections, io, os, sys, zipfile
import joblib, numpy as np
folder = sys.argv[1]
class Evil:
    def __reduce__(self): return os.system, ('true',)
values = {
  'dict': {'a': 1, 'b': [1.5, 'x', None]},
  'array': np.arange(1000.0), 'arrays': [np.arange(10), np.zeros((3, 4), 'f4', order='F'), np.array(1.5)],
  'structured': np.zeros(3, [('a', 'f4'), ('b', 'i8', (2,))]), 'objects': np.array([1, 'a', None], object),
  'nested': collections.OrderedDict(a={'b': np.ones(3, 'u1')}, c=np.array(['x', 'yy'])), 'scalar': np.float32(1.5),
  'empty': np.zeros((0, 3)), 'dates': np.array(['2026-01-01'], 'M8[D]'), 'large': np.zeros(300000), 'bool': np.array([True]),
}
methods = ['zlib', 'gzip', 'bz2', 'xz', 'lzma']
try:
    import lz4
    methods.append('lz4')
except ImportError:
    pass
for name, value in values.items():
    joblib.dump(value, f'{folder}/good-joblib-{name}.joblib')
    for method in methods: joblib.dump(value, f'{folder}/good-joblib-{name}-{method}.joblib', compress=(method, 3))
for level in (1, 9): joblib.dump(values['arrays'], f'{folder}/good-joblib-level-{level}.pkl', compress=level)
for protocol in (2, 3, 4, 5): joblib.dump(values['arrays'], f'{folder}/good-joblib-protocol-{protocol}.pkl', protocol=protocol)
joblib.dump([np.ones(3), Evil()], f'{folder}/evil-joblib.joblib')
for method in methods:
    joblib.dump([np.ones(3), Evil(), np.ones(4)], f'{folder}/evil-joblib-{method}.joblib', compress=(method, 3))
    joblib.dump(np.array([Evil()], object), f'{folder}/evil-joblib-objects-{method}.joblib', compress=(method, 3))
np.savez_compressed(f'{folder}/good-numpy-packed.npz', a=np.arange(5), b=np.array([1, None], object))
for name, method in (('bzip2', zipfile.ZIP_BZIP2), ('lzma', zipfile.ZIP_LZMA)):
    for part, array in (('good', np.arange(5000)), ('evil', np.array([Evil()], object))):
        data = io.BytesIO()
        np.save(data, array, allow_pickle=True)
        with zipfile.ZipFile(f'{folder}/{part}-numpy-{name}.npz', 'w', method) as z: z.writestr('a.npy', data.getvalue())
