// What must never be accepted: every row of the known evasions, with the advisory where there is one, and
// the gadgets that other scanners' lists have missed.

import { gzipped, PACKED, PACKED_EVIL, zlibbed } from './packed.ts';
import {
  ADDITEMS, APPEND, BINPERSID, binget, binput, binunicode, BUILD, bytes, call, DUP, EMPTY_DICT,
  EMPTY_LIST, EMPTY_SET, EMPTY_TUPLE, EVIL, frame, get, global, inst, int, longBinput, MARK,
  MEMOIZE, NEWOBJ, NEWOBJ_EX, NONE, OBJ, pickle, pickle4, POP, POP_MARK, proto, put, REDUCE,
  SETITEM, SETITEMS, shortBytes, STACK_GLOBAL, stackGlobal, STOP, text, TUPLE, TUPLE1, TUPLE2, u32,
  u64,
} from './assemble.ts';
import { joblibArray } from './joblib-file.ts';
import { npy } from './npy-file.ts';
import { PROTOBUF_MALICIOUS } from './protobuf-cases.ts';
import { tar } from './tar-file.ts';
import { TORCHSCRIPT_MALICIOUS } from './torchscript-cases.ts';
import { checkpoint, zip } from './zips.ts';

export interface Case {
  readonly what: string;
  readonly name: string;
  readonly data: Buffer;
  /** The verdict must be this one; any but clean when absent. */
  readonly verdict?: 'malicious' | 'suspicious' | 'unscannable';
}

const CLEAN = pickle(EMPTY_DICT);
const evil = pickle(EVIL);
const malicious = (what: string, data: Buffer, name = 'model.pkl'): Case => ({ what, name, data, verdict: 'malicious' });
const refused = (what: string, data: Buffer, name = 'model.pkl'): Case => ({ what, name, data });

/** Names that run code, one by one: module, name. */
const GADGETS = `os.system posix.system nt.system subprocess.Popen subprocess.call subprocess.check_output builtins.eval
builtins.exec builtins.__import__ builtins.getattr builtins.open builtins.compile builtins.map builtins.print
__builtin__.eval __builtin__.execfile __builtin__.input __builtin__.apply __builtin__.file __builtin__.reduce
runpy.run_path runpy._run_code pip.main pip._internal.main pty.spawn socket.socket socket.create_connection sys.exit
shutil.rmtree webbrowser.open importlib.import_module imp.load_source pkgutil.resolve_name ssl.get_server_certificate
asyncio.create_subprocess_shell bdb.Bdb pdb.run timeit.timeit cProfile.run profile.run trace.Trace code.InteractiveInterpreter
codeop.compile_command doctest.debug_script idlelib.pyshell.ModifiedInterpreter lib2to3.pgen2.grammar.Grammar
ensurepip._run_pip venv.create distutils.core.run_setup ctypes.CDLL ctypes.util.find_library cffi.FFI pydoc.locate
pydoc.pipepager uuid._popen imaplib.IMAP4_stream _osx_support._read_output _aix_support._read_cmd_output
test.support.script_helper.assert_python_ok logging.FileHandler logging.config.fileConfig io.open io.FileIO _io.open
operator.attrgetter operator.methodcaller operator.itemgetter _operator.attrgetter functools.partial functools.reduce
types.CodeType types.FunctionType marshal.loads pickle.loads _pickle.loads cPickle.loads dill.loads dill._dill._create_function
cloudpickle.cloudpickle._make_function cloudpickle.loads joblib.load shelve.open dbm.open sqlite3.connect
multiprocessing.Process threading.Thread _thread.start_new_thread commands.getoutput popen2.popen2 urllib.request.urlopen
urllib2.urlopen httplib.HTTPSConnection http.client.HTTPConnection ftplib.FTP smtplib.SMTP telnetlib.Telnet poplib.POP3
xmlrpc.client.ServerProxy requests.get aiohttp.ClientSession numpy.load numpy.fromfile numpy.savetxt numpy.memmap
numpy.f2py.crackfortran.getlincoef numpy.testing._private.utils.runstring numpy.ctypeslib.load_library
numpy.distutils.exec_command.exec_command pandas.read_pickle pandas.io.pickle.read_pickle torch.load torch.hub.load
torch.serialization.load torch.jit.load torch.utils.collect_env.run torch.distributed.rpc.rpc_sync torch.compile
torch._dynamo.guards.GuardBuilder.get torch._inductor.codecache.compile_file torch.fx.Interpreter
torch.utils._config_module.ConfigModule.load_config torch.package.PackageImporter setuptools.sandbox.run_setup
copyreg.add_extension copy_reg.add_extension inspect.getattr_static linecache.getlines gc.get_objects tempfile.NamedTemporaryFile
zipimport.zipimporter tarfile.open zipfile.ZipFile site.execsitecustomize platform.popen fileinput.input glob.glob
resource.setrlimit signal.signal mmap.mmap faulthandler.register atexit.register codecs.open _codecs.lookup
pathlib.Path.write_text transformers.pipeline transformers.AutoModel fickling.loads picklescan.scanner.scan_bytes`
  .split(/\s+/)
  .map((path) => [path.slice(0, path.lastIndexOf('.')), path.slice(path.lastIndexOf('.') + 1)] as const);

/** Nobody's list names them; they are not accepted all the same. */
const UNKNOWN = ['mymodule.load', 'evil_package.hook', 'numpy.size', 'numpy.prod', 'torch.nn.functional.relu', 'sklearn.svm.SVC',
  'joblib.numpy_pickle.NDArrayWrapper', 'torch.storage._load_from_bytes', 'at.dog', '__main__.Payload'];

function gadgetCases(): Case[] {
  return GADGETS.flatMap(([module, name]) => [
    refused(`${module}.${name} called`, pickle(call(module, name, 'x'))),
    refused(`${module}.${name} by STACK_GLOBAL`, pickle4(stackGlobal(module, name), text('x'), TUPLE1, REDUCE)),
  ]);
}

function unknownCases(): Case[] {
  return UNKNOWN.map((path) => {
    const dot = path.lastIndexOf('.');
    return refused(`${path}, which nobody vouches for`, pickle(call(path.slice(0, dot), path.slice(dot + 1), 'x')));
  });
}

const OPCODES: Case[] = [
  malicious('REDUCE', evil),
  malicious('OBJ', pickle(MARK, global('os', 'system'), binunicode('id'), OBJ)),
  malicious('INST', bytes(MARK, "S'id'\n", inst('os', 'system'), STOP)),
  malicious('NEWOBJ', pickle(global('os', 'system'), binunicode('id'), TUPLE1, NEWOBJ)),
  malicious('NEWOBJ_EX', pickle4(stackGlobal('subprocess', 'Popen'), EMPTY_TUPLE, EMPTY_DICT, NEWOBJ_EX)),
  malicious('an OBJ whose result is popped (GHSA-mxhj-88fx-4pcv)', pickle(MARK, global('os', 'system'), binunicode('id'), OBJ, POP, NONE)),
  malicious('a call without a STOP (nullifAI)', bytes(proto(2), EVIL)),
  malicious('a call before a byte that is no opcode', bytes(proto(2), EVIL, '\xff')),
  malicious('a call before an empty stack', bytes(proto(2), EVIL, POP, POP, POP)),
  malicious('a call before a protocol that there is not', bytes(proto(2), EVIL, proto(9))),
  malicious('a protocol in the middle', bytes(proto(4), NONE, POP, proto(2), EVIL, STOP)),
  malicious('names of Python 2 under protocol 2', pickle(call('commands', 'getoutput', 'id'))),
  malicious('names of Python 2 without a protocol', bytes("ccPickle\nloads\n(S'x'\ntR.")),
  malicious('a dotted name (GHSA-5j3x-jp52-966f)', pickle4(stackGlobal('random', '_os.system'), text('id'), TUPLE1, REDUCE)),
  malicious('a dotted name in GLOBAL', pickle4(global('random', '_os.system'), text('id'), TUPLE1, REDUCE)),
  malicious('a dotted name on an allowed module', pickle4(stackGlobal('collections', 'OrderedDict.__init__.__globals__'))),
  refused('a module with a carriage return', bytes("cos\r\nsystem\n(S'id'\ntR.")),
  refused('a module in another case', pickle(call('OS', 'system', 'id'))),
  malicious('a memo entry out of order (picklescan#22)',
    pickle(binunicode('system'), binput(200), POP, binunicode('os'), binput(3), POP, binget(3), binget(200), STACK_GLOBAL, binunicode('id'), TUPLE1, REDUCE)),
  malicious('X POP MEMOIZE: the memo is of the stack top',
    pickle4(text('os'), text('harmless'), POP, MEMOIZE, POP, text('system'), MEMOIZE, POP, binget(0), binget(1), STACK_GLOBAL, text('id'), TUPLE1, REDUCE)),
  malicious('names from STRING (GHSA-9gvj-pp9x-gcfr)', bytes("S'os'\nS'system'\n\x93S'id'\n\x85R.")),
  malicious('names from escaped STRING', bytes("S'\\x6fs'\nS'\\163ystem'\n\x93S'id'\n\x85R.")),
  malicious('names from escaped UNICODE', bytes('V\\u006fs\nVs\\U00000079stem\n\x93Vid\n\x85R.')),
  malicious('names from BINSTRING', pickle('T', u32(2), 'os', 'U\x06system', STACK_GLOBAL, binunicode('id'), TUPLE1, REDUCE)),
  malicious('names from BINUNICODE8', pickle4('\x8d', u64(2), 'os', '\x8d', u64(6), 'system', STACK_GLOBAL, text('id'), TUPLE1, REDUCE)),
  malicious('names assembled with str.join (modelscan#331)',
    pickle4(text('os'), stackGlobal('builtins', 'str'), text('system'), TUPLE1, REDUCE, STACK_GLOBAL)),
  malicious('names from a call', pickle4(stackGlobal('_codecs', 'encode'), text('os'), text('latin1'), TUPLE2, REDUCE, text('system'), STACK_GLOBAL)),
  malicious('names from numbers', pickle4(NONE, NONE, STACK_GLOBAL)),
  malicious('names from DUP', pickle4(text('os'), DUP, POP, text('system'), STACK_GLOBAL, text('id'), TUPLE1, REDUCE)),
  malicious('an integer in hexadecimal before the call', bytes('I0x41\n0L0x41L\n0I0o17\n0I0b1\n0', EVIL, STOP)),
  malicious('an integer with a leading zero', bytes('I065\n0', EVIL, STOP)),
  malicious('an integer with blanks and underscores', bytes('I  1_000 \n0', EVIL, STOP)),
  malicious('a string that is no ASCII', bytes("S'\xe9\\xff'\n0", EVIL, STOP)),
  malicious('a memo index with a plus sign', bytes('Np+5\n0g0005\n0', EVIL, STOP)),
  malicious('a second stream', bytes(CLEAN, evil)),
  malicious('a second stream of protocol 0', bytes(CLEAN, 'cos\nsystem\n(S\'id\'\ntR.')),
  malicious('a fifth stream', bytes(CLEAN, CLEAN, CLEAN, CLEAN, evil)),
  refused('a memo that is kept across streams', bytes(pickle(binunicode('os'), put(0)), pickle(get(0), binunicode('system'), STACK_GLOBAL))),
  malicious('a frame inside a frame', bytes(proto(4), frame(bytes(frame(bytes(NONE)), STOP)))),
  malicious('a string that straddles a frame (cpython#154848)', bytes(proto(4), '\x95', u64(4), text('abcdefgh'), POP, NONE, STOP)),
  malicious('a frame beyond the end', bytes(proto(4), '\x95', u64(1000), NONE, STOP)),
  malicious('an extension code', pickle('\x82\x01')),
  malicious('an extension code of four bytes', pickle('\x84', u32(77), EMPTY_TUPLE, REDUCE)),
  malicious('add_extension, then EXT1',
    pickle(global('copyreg', 'add_extension'), MARK, binunicode('os'), binunicode('system'), int(7), TUPLE, REDUCE, POP, '\x82\x07', binunicode('id'), TUPLE1, REDUCE)),
  refused('a persistent id outside torch', pickle(binunicode('x'), BINPERSID)),
  refused('a persistent id of protocol 0', bytes('Pxyz\n.')),
  refused('an out-of-band buffer', bytes(proto(5), '\x97', STOP)),
  malicious('BUILD on a function (modelscan#85)', pickle(global('collections', 'OrderedDict'), NONE, EMPTY_DICT, TUPLE2, BUILD)),
  malicious('BUILD on a class', pickle(global('torch', 'Tensor'), EMPTY_DICT, BUILD)),
  malicious('BUILD on a module\'s builtins (modelscan#330)', pickle(global('numpy', 'size'), MARK, NONE, global('numpy', '__builtins__'), TUPLE, BUILD)),
  malicious('BUILD on a dict', pickle(EMPTY_DICT, EMPTY_DICT, BUILD)),
  malicious('SETITEM on a tensor (CVE-2026-24747)', pickle(global('torch', 'Tensor'), EMPTY_TUPLE, REDUCE, int(1), int(2), SETITEM)),
  malicious('SETITEMS on a list', pickle(EMPTY_LIST, MARK, int(0), int(1), SETITEMS)),
  malicious('SETITEM on a class', pickle(global('collections', 'OrderedDict'), int(0), int(1), SETITEM)),
  malicious('APPEND on a global', pickle(global('collections', 'deque'), int(1), APPEND)),
  malicious('ADDITEMS on a list', pickle4(EMPTY_LIST, MARK, int(1), ADDITEMS)),
  malicious('APPEND on a set', pickle4(EMPTY_SET, int(1), APPEND)),
  malicious('a call of what a call returned', pickle(call('collections', 'OrderedDict'), EMPTY_TUPLE, REDUCE)),
  malicious('a call of a number', pickle(int(3), EMPTY_TUPLE, REDUCE)),
  malicious('_rebuild_from_type_v2 with a function of its own',
    pickle(global('torch._tensor', '_rebuild_from_type_v2'), MARK, global('os', 'system'), global('torch', 'Tensor'), binunicode('id'), TUPLE1, NONE, TUPLE, REDUCE)),
  malicious('_rebuild_from_type_v2 with a computed function',
    pickle(global('torch._tensor', '_rebuild_from_type_v2'), MARK, call('torch', 'Tensor'), global('torch', 'Tensor'), EMPTY_TUPLE, NONE, TUPLE, REDUCE)),
  refused('_codecs.encode with another codec', pickle(global('_codecs', 'encode'), binunicode('x'), binunicode('rot13'), TUPLE2, REDUCE)),
  refused('a defaultdict with a computed factory', pickle(global('collections', 'defaultdict'), call('collections', 'OrderedDict'), TUPLE1, REDUCE)),
  refused('a reconstructor with a computed class', pickle(global('copyreg', '_reconstructor'), MARK, EMPTY_DICT, EMPTY_DICT, NONE, TUPLE, REDUCE)),
  refused('a bytearray of a terabyte', pickle(global('builtins', 'bytearray'), '\x8a\x06\x00\x00\x00\x00\xe8\x00', TUPLE1, REDUCE)),
  refused('a memo index of two billion', pickle(NONE, longBinput(0x7fffffff))),
  malicious('a payload behind a mark that is popped', pickle(MARK, EVIL, POP_MARK, NONE)),
  malicious('a payload behind a megabyte of bytes', pickle('B', u32(1_000_000), Buffer.alloc(1_000_000), POP, EVIL)),
  malicious('a payload behind a line of a megabyte', bytes("S'", 'x'.repeat(1_000_000), "'\n0", EVIL, STOP)),
  malicious('a payload at the edge of a window', pickle('B', u32(131_072 - 20), Buffer.alloc(131_072 - 20), POP, EVIL)),
  malicious('bytes as names', pickle4(shortBytes('os'), shortBytes('system'), STACK_GLOBAL)),
];

const FILES: Case[] = [
  malicious('a pickle named .bin (CVE-2025-10155)', evil, 'pytorch_model.bin'),
  malicious('a pickle named .txt (CVE-2025-1889)', evil, 'readme.txt'),
  malicious('a pickle of protocol 0 without a name', bytes("cos\nsystem\n(S'id'\ntR."), 'config'),
  malicious('a pickle of protocol 0 named .json', bytes("(S'id'\nios\nsystem\n."), 'config.json'),
  malicious('a checkpoint', checkpoint(evil), 'model.pt'),
  malicious('a checkpoint named otherwise', checkpoint(evil), 'weights.dat'),
  malicious('DATA.PKL of protocol 0', checkpoint(bytes("cos\nsystem\n(S'id'\ntR."), {}, 'archive/DATA.PKL'), 'model.pt'),
  malicious('a member without an extension', zip([{ name: 'config.p', data: evil }]), 'model.pt'),
  malicious('a pickle hidden as a storage', checkpoint(CLEAN, { 0: evil }), 'model.pt'),
  malicious('a deflated member', zip([{ name: 'a/data.pkl', data: evil, method: 8 }]), 'model.pt'),
  malicious('another name in the local header (CVE-2025-1944)', zip([{ name: 'a/data.pkl', data: evil, local: { name: 'a/data.txt' } }]), 'model.pt'),
  refused('another name in the local header of a clean member', zip([{ name: 'a/data.pkl', data: CLEAN, local: { name: 'x' } }]), 'model.pt'),
  malicious('local encryption flags (CVE-2025-1945)', zip([{ name: 'a/data.pkl', data: evil, local: { flags: 0x61 } }]), 'model.pt'),
  refused('encryption flags in the directory', zip([{ name: 'a/data.pkl', data: evil, flags: 1 }]), 'model.pt'),
  malicious('a wrong checksum (CVE-2025-10156)', zip([{ name: 'a/data.pkl', data: evil, crc: 1 }]), 'model.pt'),
  malicious('a local header that needs version 99', zip([{ name: 'a/data.pkl', data: evil, local: { version: 99 } }]), 'model.pt'),
  malicious('another method in the local header', zip([{ name: 'a/data.pkl', data: evil, local: { method: 8 } }]), 'model.pt'),
  malicious('a duplicate member', zip([{ name: 'a/data.pkl', data: CLEAN }, { name: 'a/data.pkl', data: evil }]), 'model.pt'),
  malicious('a duplicate in another case', zip([{ name: 'a/data.pkl', data: evil }, { name: 'A/Data.pkl', data: CLEAN }]), 'model.pt'),
  refused('a clean duplicate', zip([{ name: 'a/data.pkl', data: CLEAN }, { name: 'a/DATA.pkl', data: CLEAN }]), 'model.pt'),
  malicious('bzip2 in an npz', zip([{ name: 'a.npy', data: PACKED_EVIL.plain, method: 12, packed: PACKED_EVIL.bzip2 }]), 'x.npz'),
  malicious('lzma in an npz', zip([{ name: 'a.npy', data: PACKED_EVIL.plain, method: 14, packed: PACKED_EVIL.zipLzma }]), 'x.npz'),
  malicious('xz in a zip', zip([{ name: 'a.pkl', data: PACKED_EVIL.plain, method: 95, packed: PACKED_EVIL.xz }]), 'x.zip'),
  refused('bzip2 that is none in an npz', zip([{ name: 'a.npy', data: evil, method: 12 }]), 'x.npz'),
  refused('a wrong checksum of a pickle', zip([{ name: 'a/data.pkl', data: CLEAN, crc: 1 }]), 'model.pt'),
  refused('a wrong checksum of a deflated pickle', zip([{ name: 'a/data.pkl', data: CLEAN, method: 8, crc: 1 }]), 'model.pt'),
  refused('a wrong checksum in bzip2', zip([{ name: 'a', data: PACKED.plain, method: 12, packed: PACKED.bzip2, crc: 1 }]), 'a.zip'),
  refused('another size than a deflated pickle has', zip([{ name: 'a/data.pkl', data: CLEAN, method: 8, statedSize: 9 }]), 'model.pt'),
  refused("a class of TorchScript outside of it", zip([{ name: 'a/data.pkl', data: pickle(call('__torch__', 'Net')) }]), 'model.pt'),
  malicious('a call in TorchScript', zip([{ name: 'a/data.pkl', data: evil }, { name: 'a/constants.pkl', data: CLEAN }]), 'model.pt'),
  refused('a module whose name begins like one of TorchScript', zip([
    { name: 'a/data.pkl', data: pickle(call('__torch__x', 'Net')) }, { name: 'a/constants.pkl', data: CLEAN },
  ]), 'model.pt'),
  refused('a module by persistent id outside the old format', pickle(
    MARK, binunicode('module'), global('collections', 'OrderedDict'), binunicode('x.py'), binunicode('class X:'), TUPLE, BINPERSID)),
  refused('zstd in a zip', zip([{ name: 'a.npy', data: evil, method: 93 }]), 'x.npz'),
  malicious('zip64', zip([{ name: 'a/data.pkl', data: evil }], { zip64: true }), 'model.pt'),
  malicious('a long comment', zip([{ name: 'a/data.pkl', data: evil }], { comment: 'x'.repeat(60_000) }), 'model.pt'),
  malicious('something before the zip', zip([{ name: 'a/data.pkl', data: evil }], { before: 'PK\x03\x04junk' }), 'model.pt'),
  refused('a wrong number of entries', zip([{ name: 'a/data.pkl', data: CLEAN }], { entries: 9 }), 'model.pt'),
  refused('a name that leads out', zip([{ name: '../../etc/passwd', data: CLEAN }]), 'model.pt'),
  refused('an absolute name', zip([{ name: '/etc/passwd', data: CLEAN }]), 'model.pt'),
  malicious('a clean zip behind a malicious pickle', bytes(evil, zip([{ name: 'a', data: CLEAN }]))),
  malicious('a malicious zip behind a clean pickle', bytes(CLEAN, zip([{ name: 'a/data.pkl', data: evil }]))),
  malicious('a malicious zip behind a text', bytes('hello\n', zip([{ name: 'a/data.pkl', data: evil }])), 'readme.md'),
  refused('something behind a pickle', bytes(CLEAN, 'something')),
  refused('something behind zeros behind a pickle', bytes(CLEAN, Buffer.alloc(100), 'x')),
  malicious('a zip in a zip', zip([{ name: 'inner.zip', data: checkpoint(evil) }]), 'model.zip'),
  malicious('a zip in a deflated member', zip([{ name: 'inner.zip', data: checkpoint(evil), method: 8 }]), 'model.zip'),
  malicious('gzip', gzipped(evil), 'model.pkl.gz'),
  malicious('gzip in gzip', gzipped(gzipped(evil)), 'model.pkl'),
  malicious('zlib, as joblib writes it', zlibbed(evil), 'model.joblib'),
  malicious('a tar in a gzip', gzipped(tar([{ name: 'model/a.pkl', data: evil }])), 'model.tar.gz'),
  malicious('bzip2', PACKED_EVIL.bzip2, 'model.joblib'),
  malicious('bzip2 behind an empty stream', bytes('BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0', PACKED_EVIL.bzip2), 'model.joblib'),
  malicious('xz', PACKED_EVIL.xz, 'model.joblib'),
  malicious('lzma', PACKED_EVIL.lzma, 'model.joblib'),
  malicious('lz4', PACKED_EVIL.lz4, 'model.joblib'),
  malicious('the old joblib format', bytes('ZF', '0x18'.padEnd(19), zlibbed(evil)), 'model.pkl'),
  malicious('the older joblib format, a blank wider', bytes('ZF', '0x18'.padEnd(20), zlibbed(evil)), 'model.pkl'),
  ...(['bzip2', 'xz', 'lzma', 'lz4'] as const).flatMap((method) => [
    malicious(`${method} in the second stream`, bytes(PACKED[method], PACKED_EVIL[method]), 'model.joblib'),
    malicious(`${method} that breaks behind the payload`, bytes(PACKED_EVIL[method], PACKED[method].subarray(0, -20)), 'model.joblib'),
    refused(`${method} with something behind it`, bytes(PACKED[method], 'something'), 'model.joblib'),
  ]),
  malicious('gzip in the second member', bytes(gzipped(PACKED.plain), gzipped(evil)), 'model.pkl.gz'),
  malicious('gzip that breaks behind the payload', bytes(gzipped(evil), gzipped(PACKED.plain).subarray(0, -9)), 'model.pkl.gz'),
  refused('lz4 that is none', bytes('\x04\x22\x4d\x18', Buffer.alloc(40)), 'model.joblib'),
  refused('lzma that is none', bytes('\x5d\x00\x00\x80\x00', Buffer.alloc(40, 255)), 'model.joblib'),
  refused('the old joblib format around nothing', bytes('ZF0x1f\x00\x01\x02', Buffer.alloc(40, 7)), 'model.pkl'),
  refused('7z (nullifAI)', bytes('7z\xbc\xaf\x27\x1c', Buffer.alloc(60, 1)), 'model.bin'),
  refused('something unknown named like a model', Buffer.from(Array.from({ length: 600 }, (_, i) => 128 + ((i * 7) % 128))), 'model.bin'),
  refused('an HDF5 file', bytes('\x89HDF\r\n\x1a\n', Buffer.alloc(100)), 'model.h5'),
  malicious('a torch 0.1 tar', tar([{ name: 'storages', data: pickle(int(0)) }, { name: 'pickle', data: evil }]), 'model.pt'),
  refused('a tar with a link', tar([{ name: 'a', data: Buffer.alloc(0), type: '2' }]), 'model.tar'),
  refused('a tar that leads out', tar([{ name: '../a', data: CLEAN }]), 'model.tar'),
  malicious('a pickle that begins as GGUF', bytes('GGUF\x03\0\0\0\0', EVIL, STOP)),
  malicious('a pickle that begins as safetensors', bytes('C\x10', Buffer.alloc(6), '{', Buffer.alloc(9), EVIL, STOP, Buffer.alloc(5000))),
  malicious('a pickle in the name of a tar\'s member', tar([{ name: "cos\nsystem\n(S'id'\ntR.", data: Buffer.from('x') }])),
  malicious('a text that begins with two blanks of zlib', bytes("(S'id'\nios\nsystem\n.")),
  malicious('objects in an npy', npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", evil), 'a.npy'),
  malicious('objects spelled with escapes', npy("{'descr': '\\x7c\\x4f', 'fortran_order': False, 'shape': (1,), }", evil), 'a.npy'),
  malicious('objects in a field', npy("{'descr': [('a', '<f4'), ('b', [('c', '|O')])], 'fortran_order': False, 'shape': (1,), }", evil), 'a.npy'),
  malicious('objects in a sub-array', npy("{'descr': ('|O', (2,)), 'fortran_order': False, 'shape': (1,), }", evil), 'a.npy'),
  malicious('an npy without its name', npy("{'descr': 'O', 'fortran_order': False, 'shape': (1,), }", evil), 'x'),
  malicious('objects in an npz', zip([{ name: 'a.npy', data: npy("{'descr': '|O', 'fortran_order': False, 'shape': (), }", evil), method: 8 }]), 'a.npz'),
  malicious('a pickle as a member of an npz', zip([{ name: 'a.npy', data: evil }]), 'a.npz'),
  malicious('a pickle named .npy', evil, 'a.npy'),
  refused('something behind an array', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", Buffer.alloc(12)), 'a.npy'),
  malicious('the magic number of torch made by a call (GHSA-97f8-7cmv-76j2)', bytes(pickle(call('builtins', 'eval', '0x1950a86a20f9469cfc6c')), CLEAN), 'model.pt'),
  malicious('a legacy torch file with a hexadecimal magic', bytes('L0x1950a86a20f9469cfc6cL\n.', pickle(int(1001)), CLEAN, evil), 'model.pt'),
  malicious('a payload behind the array of a joblib file', joblibArray(EVIL), 'model.joblib'),
  malicious('opcodes in the array of a joblib file', joblibArray(bytes(), Buffer.from(bytes("cos\nsystem\n(S'id'\ntR.", 'x'.repeat(11))), 'f4', 0x4e), 'model.joblib'),
  malicious('objects in a joblib file (GHSA-m62q-453p-gv66)', joblibArray(bytes(), evil, 'O8'), 'model.joblib'),
  malicious('a compressed joblib file with a payload behind its array', zlibbed(joblibArray(EVIL)), 'model.joblib'),
];

export const MALICIOUS: readonly Case[] = [
  ...OPCODES, ...FILES, ...gadgetCases(), ...unknownCases(), ...PROTOBUF_MALICIOUS, ...TORCHSCRIPT_MALICIOUS,
];
