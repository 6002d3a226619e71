// Chat templates in the manner of those that models carry, and templates that leave Jinja's sandbox.

/** By the family in whose manner they are written. */
export const HONEST: Readonly<Record<string, string>> = {
  'ChatML': `{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}
{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`,
  'Llama 2': `{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}
{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}
{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate user/assistant/user/assistant') }}{% endif %}
{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}
{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}
{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}`,
  'Llama 3 with tools': `{{- bos_token }}
{%- if custom_tools is defined %}{%- set tools = custom_tools %}{%- endif %}
{%- if not date_string is defined %}{%- if strftime_now is defined %}{%- set date_string = strftime_now("%d %b %Y") %}
{%- else %}{%- set date_string = "26 Jul 2024" %}{%- endif %}{%- endif %}
{#- This block extracts the system message, so we can slot it in where it's wanted. #}
{%- if messages[0]['role'] == 'system' %}{%- set system_message = messages[0]['content']|trim %}{%- set messages = messages[1:] %}
{%- else %}{%- set system_message = "" %}{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if builtin_tools is defined %}{{- "Tools: " + builtin_tools | reject('equalto', 'code_interpreter') | join(", ") + "\\n\\n"}}{%- endif %}
{%- for t in tools %}{{- t | tojson(indent=4) }}{{- "\\n\\n" }}{%- endfor %}
{{- 'Respond in the format {"name": function name, "parameters": dictionary of argument name and its value}.' }}
{%- for message in messages %}{%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
{%- elif 'tool_calls' in message %}{%- if not message.tool_calls|length == 1 %}
{{- raise_exception("This model only supports single tool-calls at once!") }}{%- endif %}
{%- set tool_call = message.tool_calls[0].function %}{{- "<|python_tag|>" + tool_call.name + ".call(" }}
{%- for arg_name, arg_val in tool_call.arguments | items %}{{- arg_name + '="' + arg_val + '"' }}{%- if not loop.last %}{{- ", " }}{%- endif %}
{%- endfor %}{{- ")" }}{%- endif %}{%- endfor %}`,
  'Qwen 2.5 with tools': `{%- if tools %}
{{- '<|im_start|>system\\n' }}{%- if messages[0]['role'] == 'system' %}{{- messages[0]['content'] }}{%- endif %}
{{- "\\n\\n# Tools\\n\\nYou may call one or more functions.\\n\\nYou are provided with function signatures within <tools></tools> XML tags:\\n<tools>" }}
{%- for tool in tools %}{{- "\\n" }}{{- tool | tojson }}{%- endfor %}
{{- "\\n</tools>\\n\\n<tool_call>\\n{\\"name\\": <function-name>, \\"arguments\\": <args-json-object>}\\n</tool_call><|im_end|>\\n" }}{%- endif %}
{%- for message in messages %}{%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
{%- elif message.role == "tool" %}{%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}{{- '<|im_start|>user' }}{%- endif %}
{%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}{{- '<|im_end|>\\n' }}{%- endif %}{%- endif %}{%- endfor %}`,
  'Qwen 3 with thoughts': `{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}{%- set index = (messages|length - 1) - loop.index0 %}
{%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
{%- set ns.multi_step_tool = false %}{%- set ns.last_query_index = index %}{%- endif %}{%- endfor %}
{%- for message in messages %}{%- if '</think>' in message.content %}
{%- set reasoning_content = message.content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
{%- set content = message.content.split('</think>')[-1].lstrip('\\n') %}{%- endif %}
{%- if loop.index0 > ns.last_query_index %}{{- '<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content }}{%- endif %}{%- endfor %}
{{- messages[ns.last_query_index]['content'] }}`,
  'Mistral with tools': `{%- if messages[0]["role"] == "system" %}{%- set system_message = messages[0]["content"] %}{%- set loop_messages = messages[1:] %}
{%- else %}{%- set loop_messages = messages %}{%- endif %}{%- if not tools is defined %}{%- set tools = none %}{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{%- set ns = namespace() %}{%- set ns.index = 0 %}
{%- for message in loop_messages %}{%- if not (message.role == "tool" or message.role == "tool_results" or (message.tool_calls is defined and message.tool_calls is not none)) %}
{%- if (message["role"] == "user") != (ns.index % 2 == 0) %}{{- raise_exception("After the optional system message, conversation roles must alternate") }}{%- endif %}
{%- set ns.index = ns.index + 1 %}{%- endif %}{%- endfor %}
{%- for message in loop_messages %}{%- if tools is not none and (message == user_messages[-1]) %}{{- "[AVAILABLE_TOOLS] [" }}
{%- for tool in tools %}{%- set tool = tool.function %}{{- '{"type": "function", "function": {' }}
{%- for key, val in tool.items() if key != "return" %}{%- if val is string %}{{- '"' + key + '": "' + val + '"' }}{%- else %}{{- '"' + key + '": ' + val|tojson }}{%- endif %}
{%- if not loop.last %}{{- ", " }}{%- endif %}{%- endfor %}{{- "}}" }}{%- endfor %}{{- "[/AVAILABLE_TOOLS]" }}{%- endif %}{%- endfor %}`,
  'Gemma': `{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}
{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}
{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}
{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}`,
  'DeepSeek': `{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}
{% set ns = namespace(is_first=false, is_tool=false, is_output_first=true, system_prompt='') %}
{%- for message in messages %}{%- if message['role'] == 'system' %}{% set ns.system_prompt = message['content'] %}{%- endif %}{%- endfor %}{{bos_token}}{{ns.system_prompt}}
{%- for message in messages %}{%- if message['role'] == 'user' %}{%- set ns.is_tool = false -%}{{'<｜User｜>' + message['content']}}{%- endif %}
{%- if message['role'] == 'assistant' and message['content'] is none %}{%- set ns.is_tool = false -%}{%- for tool in message['tool_calls']%}
{%- if not ns.is_first %}{{'<｜Assistant｜><｜tool▁calls▁begin｜><｜tool▁call▁begin｜>' + tool['type'] + '<｜tool▁sep｜>' + tool['function']['name'] + '\\n' + '\`\`\`json' + '\\n' + tool['function']['arguments'] + '\\n' + '\`\`\`' + '<｜tool▁call▁end｜>'}}
{%- set ns.is_first = true -%}{%- endif %}{%- endfor %}{%- endif %}{%- endfor -%}`,
  'Phi': `{% for message in messages %}{% if message['role'] == 'system' and 'tools' in message and message['tools'] is not none %}
{{ '<|' + message['role'] + '|>' + message['content'] + '<|tool|>' + message['tools'] + '<|/tool|>' + '<|end|>' }}
{% else %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endif %}{% endfor %}`,
  'a vision model': `{% set image_count = namespace(value=0) %}{% for message in messages %}{% for content in message['content'] %}
{% if content['type'] == 'image' or 'image' in content or 'image_url' in content %}{% set image_count.value = image_count.value + 1 %}
{% if add_vision_id %}Picture {{ image_count.value }}: {% endif %}<|vision_start|><|image_pad|><|vision_end|>{% elif 'text' in content %}{{ content['text'] }}{% endif %}
{% endfor %}{% endfor %}{{ messages | map(attribute='content') | join('') }}`,
  'macros and call blocks': `{%- macro json_to_python_type(json_spec) -%}
{%- set basic_type_map = {"string": "str", "number": "float", "integer": "int", "boolean": "bool"} -%}
{%- if basic_type_map[json_spec.type] is defined -%}{{- basic_type_map[json_spec.type] -}}
{%- elif json_spec.type == "array" -%}{{- "list[" +  json_to_python_type(json_spec|items) + "]" -}}
{%- elif json_spec.type is iterable -%}{{- "Union[" -}}{%- for t in json_spec.type -%}{{- json_to_python_type({"type": t}) -}}{%- if not loop.last -%}{{- "," -}}{%- endif -%}{%- endfor -%}{{- "]" -}}
{%- else -%}{{- "Any" -}}{%- endif -%}{%- endmacro -%}
{%- macro document(loop_count, docs) %}{% set ns = namespace(i=0) %}{% for doc in docs %}{{ doc.title | upper | replace('_', ' ') ~ ':' ~ doc['text'] | default('', true) }}{% endfor %}{% endmacro %}
{% call(x) list_items(tools) %}{{ x.name | capitalize }}{% endcall %}
{% filter upper %}a{% endfilter %}{%- set thoughts %}{% for m in messages %}{{ m.content }}{% endfor %}{% endset %}
{{- "def " + tool.name + "(" + tool.parameters.properties.keys() | list | join(', ') + ") -> List[Dict]:" }}`,
  'generation marks and loop controls': `{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}{{ m.content + eos_token }}{% endgeneration %}{% continue %}{% endif %}{{ m.content }}{% if loop.index > 5 %}{% break %}{% endif %}{% endfor %}`,
  'raw parts, comments and odd spacing': `{# {{ ''.__class__ }} is what a comment may say #}{% raw %}{{ x.__class__ }} {# {% endraw %}{{
  messages [ 0 ] . content
}}{%+ if x +%}{{ {'a': {'b': 1}}['a']['b'] }}{%- endif -%}{{ "}}" ~ '%}' }}`,
  'a text with braces and no tag': `{ "a": [1, 2] } }} %} #}`,
  'numbers': `{{ 1.5e3 + 0x1f + 1_000 // 3 ** 2 % 7 }}{{ messages[-1:][0].content[:10] }}`,
  'attribute filters with plain names': `{{ messages | map(attribute='content') | list | first }}{{ tools | sort(attribute="name") | groupby('type') | list }}{{ x | attr('content') }}{{ messages | rejectattr('role', 'in', ['a', 'b']) | map('upper') | join }}`,
};

/** Each of them reaches Python from inside of a template, or tries to. */
export const ESCAPES: readonly string[] = [
  `{{ ''.__class__.__mro__[1].__subclasses__() }}`,
  `{{ ().__class__.__base__.__subclasses__()[132].__init__.__globals__['system']('id') }}`,
  `{% for x in ().__class__.__base__.__subclasses__() %}{% if "warning" in x.__name__ %}{{x()._module.__builtins__['__import__']('os').popen("id").read()}}{%endif%}{% endfor %}`,
  `{{ self.__init__.__globals__.__builtins__.__import__('os').popen('id').read() }}`,
  `{{ self._TemplateReference__context.cycler.__init__.__globals__.os.popen('id').read() }}`,
  `{{ cycler.__init__.__globals__.os.system('id') }}`,
  `{{ joiner.__init__.__globals__.os }}`,
  `{{ namespace.__init__.__globals__.os }}`,
  `{{ lipsum.__globals__['os'].popen('id').read() }}`,
  `{{ ''['__class__'] }}`,
  `{{ ''['__cla' ~ 'ss__'] }}`,
  `{{ ''['__cla' + 'ss__'] }}`,
  `{{ ''['__cla' 'ss__'] }}`,
  `{{ ''["\\x5f\\x5fclass\\x5f\\x5f"] }}`,
  `{{ ''["\\u005f\\u005fclass\\u005f\\u005f"] }}`,
  `{{ ''["\\137\\137class\\137\\137"] }}`,
  `{{ ''["\\N{LOW LINE}\\N{LOW LINE}class__"] }}`,
  `{{ ''['__ssalc__'[::-1]] }}`,
  `{{ ''['__CLASS__'|lower] }}`,
  `{{ ''|attr('__class__') }}`,
  `{{ ''|attr('__cla' ~ 'ss__') }}`,
  `{{ ''|attr(x) }}`,
  `{{ ''|attr(request.args.a) }}`,
  `{{ ''|attr(['__','class','__']|join) }}`,
  `{{ ''|attr('_'*2 ~ 'class' ~ '_'*2) }}`,
  `{{ ''|attr('%c%cclass%c%c'|format(95,95,95,95)) }}`,
  `{{ ['']|map('attr', x)|list }}`,
  `{{ ['']|map('attr', '__class__')|first }}`,
  `{{ ['']|map(attribute='__class__')|first }}`,
  `{{ '{0.__class__.__init__.__globals__}'.format(x) }}`,
  `{{ ''|attr('format')(x) }}`,
  `{% set a = '__cla' %}{% set b = 'ss__' %}{{ x[a ~ b] }}`,
  `{% set a = dict(__class__=1)|list|first %}{{ x[a] }}`,
  `{% if x.__class__ %}{% endif %}`,
  `{% set x = y.__init__ %}`,
  `{#-#}{{ x.__class__ }}{##}`,
  `{% raw %}{#{% endraw %}{{ x.__class__ }}{% raw %}#}{% endraw %}`,
  `{{ '{#' }}{{ x.__class__ }}{{ '#}' }}`,
  `{{ {'a': {'b': x.__class__}} }}`,
  `{{ x .  __class__ }}`,
  `{{ x\n.\n__class__ }}`,
  `{%- macro m() -%}{{ caller.__globals__ }}{%- endmacro -%}`,
  `{{ (x for x in y).gi_frame.f_globals }}`,
  `{{ x.mro() }}`,
  `{{ os.popen('id') }}`,
  `{{ x['__globals__ '|trim] }}`,
  `{{ __import__('os') }}`,
  `{{ messages|selectattr('__class__') }}`,
  `{{ messages|groupby('content.__class__') }}`,
];

/** What no chat template does, though it need not be an escape. */
export const UNUSUAL: readonly string[] = [
  `{% include '/etc/passwd' %}`,
  `{% import 'other' as o %}`,
  `{% from 'other' import o %}`,
  `{% extends 'base' %}`,
  `{{ lipsum() }}`,
  `{{ x._private }}`,
  `{{ x|map(f)|list }}`,
  `{{ x|map(attribute=f)|list }}`,
  `{{ x|selectattr(f)|list }}`,
  `{{ x['__x' ~ y] }}`,
  `{{ x['a'|replace('a', 'b')] }}`,
  `{{ self|string|list }}`,
  `{% set f = ''.format %}{{ f(x) }}`,
  `{{ open('/etc/passwd') }}`,
  `{{ request.application }}`,
  `{{ '_' * 2 }}`,
  `{% debug %}`,
];

export const BROKEN: readonly string[] = [
  `{{ x `, `{% if x`, `{# x`, `{% raw %}`, `{{ 'x }}`, `{{ x) }}`, `{{ x ? y }}`, `{{ x\u00a0}}`, `{{ ${'('.repeat(300)} }}`, `{{ } }}`,
];
