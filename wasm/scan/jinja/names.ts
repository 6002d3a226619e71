// Names by which templates leave Jinja's sandbox, or would do something if they were outside of it.

import { Text } from '../../text';
import { hasWord as isListed } from '../words';

/** Between their double underscores: what leads from any object to all of Python. (One literal each.) */
const INNER = ' class base bases mro subclasses globals builtins import init dict getattribute getattr getitem call code closure ';
const MORE_INNER = ' func self module new reduce reduce_ex loader spec wrapped del setattr delattr init_subclass file context ';
/** Of those, words that nothing else in a template is called. */
const PLAIN = ' class bases mro subclasses globals builtins import getattribute ';
/** Attributes that lead there without underscores around them. */
const ATTRIBUTES = ' mro func_globals func_code gi_frame gi_code cr_frame cr_code ag_frame ag_code tb_frame tb_next im_func im_self ';
const MORE_ATTRIBUTES = ' f_globals f_builtins f_locals f_back f_code co_consts co_names format_map ';
/** Functions that a template has no business with. */
const FUNCTIONS = ' popen system eval exec execfile compile getattr setattr check_output open import_module globals locals vars ';
const MODULES = ' os sys subprocess builtins importlib shutil socket pty ctypes ';
/** What web frameworks and Jinja itself put there, and no chat template uses. */
const FOREIGN = ' lipsum url_for get_flashed_messages ';
/** The rest of it, whose attributes are of use to nobody else; some have a few that are. */
const HELPERS = ' self request config cycler joiner namespace range ';
const HELPED = ' next current reset ';
const STATEMENTS = ' import from include extends debug ';
/** Words in front of a list, not of something that is indexed. */
const KEYWORDS = ' and or not in is if elif else for set return do with recursive ignore missing without ';
/** Filters whose result may be a number to index with. */
const COUNTING = ' length count int abs round ';

export function isInner(name: Text): bool { return hasWord(INNER, name) || hasWord(MORE_INNER, name); }
export function isPlainInner(name: Text): bool { return hasWord(PLAIN, name); }
export function isEscapingAttribute(name: Text): bool { return hasWord(ATTRIBUTES, name) || hasWord(MORE_ATTRIBUTES, name); }
export function isFunction(name: Text): bool { return hasWord(FUNCTIONS, name); }
export function isModule(name: Text): bool { return hasWord(MODULES, name); }
export function isForeign(name: Text): bool { return hasWord(FOREIGN, name); }
export function isHelper(name: Text): bool { return hasWord(HELPERS, name); }
export function isHelped(name: Text): bool { return hasWord(HELPED, name); }
export function isForeignStatement(name: Text): bool { return hasWord(STATEMENTS, name); }
export function isKeyword(name: Text): bool { return hasWord(KEYWORDS, name); }
export function isCounting(name: Text): bool { return hasWord(COUNTING, name); }

function hasWord(words: string, name: Text): bool {
  return isListed(words, name.ptr, name.size);
}
