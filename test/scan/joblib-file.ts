// What joblib.dump writes for {"a": array, …}: the wrapper, then the raw elements inside the pickle.

import {
  binunicode, BUILD, bytes, EMPTY_DICT, EMPTY_TUPLE, global, int, MARK, NEWOBJ, NONE, proto, REDUCE,
  SETITEMS, STOP, TRUE, TUPLE1, TUPLE3,
} from './assemble.ts';

/**
 * `behind` is what the pickle goes on with; `raw` the elements, four bytes each unless objects; `pad` how
 * many bytes stand before them, which is written as a byte, and with which the room is filled.
 */
export function joblibArray(behind: Uint8Array, raw: Uint8Array = Buffer.alloc(32), dtype = 'f4', pad = 3): Buffer {
  const element = dtype === 'O8' ? raw.length : 4;
  const padding = dtype === 'O8' ? [] : [Buffer.alloc(1 + pad, pad)];
  return bytes(
    proto(3), EMPTY_DICT, MARK, binunicode('a'),
    global('joblib.numpy_pickle', 'NumpyArrayWrapper'), EMPTY_TUPLE, NEWOBJ, EMPTY_DICT, MARK,
    ...[binunicode('subclass'), global('numpy', 'ndarray')],
    ...[binunicode('shape'), int(raw.length / element), TUPLE1],
    ...[binunicode('order'), binunicode('C')],
    ...[binunicode('dtype'), global('numpy', 'dtype'), binunicode(dtype), NONE, TRUE, TUPLE3, REDUCE],
    ...[binunicode('allow_mmap'), TRUE],
    ...[binunicode('numpy_array_alignment_bytes'), int(16)],
    SETITEMS, BUILD, ...padding, raw, SETITEMS, behind, STOP,
  );
}
