# Models as onnx itself writes them, honest and not: `<verdict>-<what>.onnx` in the folder that is the
# argument.

import os, sys
import numpy as np
import onnx
from onnx import TensorProto, external_data_helper, helper, numpy_helper

folder = sys.argv[1]
os.chdir(folder)
X = helper.make_tensor_value_info('x', TensorProto.FLOAT, [None, 4])
Y = helper.make_tensor_value_info('y', TensorProto.FLOAT, [None, 4])


def weights(name='w'):
    return numpy_helper.from_array(np.ones((4, 4), np.float32), name)


def model(nodes=None, initializers=None, **more):
    nodes = nodes or [helper.make_node('MatMul', ['x', 'w'], ['y'])]
    graph = helper.make_graph(nodes, 'net', [X], [Y], initializers or [weights()])
    return helper.make_model(graph, producer_name='test', **more)


def save(name, made):
    onnx.save_model(made, name + '.onnx')


save('clean-plain', model())
branches = [helper.make_graph([helper.make_node(op, ['x'], ['y'])], op, [], [Y]) for op in ('Relu', 'Abs')]
condition = helper.make_node('If', ['c'], ['y'], then_branch=branches[0], else_branch=branches[1])
constant = helper.make_node('Constant', [], ['c'], value=helper.make_tensor('c', TensorProto.BOOL, [], [True]))
save('clean-branches', model([constant, condition]))
sparse = helper.make_sparse_tensor(weights('s'), helper.make_tensor('i', TensorProto.INT64, [4], [0, 1, 2, 3]), [4, 4])
made = model()
made.graph.sparse_initializer.append(sparse)
made.metadata_props.add(key='note', value='../x')
save('clean-sparse', made)
own = [helper.make_opsetid('own', 1), helper.make_opsetid('', 15)]
function = helper.make_function('own', 'F', ['a'], ['b'], [helper.make_node('Relu', ['a'], ['b'])], own[1:])
save('clean-function', model([helper.make_node('F', ['x'], ['y'], domain='own')], opset_imports=own, functions=[function]))
save('suspicious-domain', model([helper.make_node('F', ['x'], ['y'], domain='own')], opset_imports=own))
onnx.save_model(model(), 'clean-external.onnx', save_as_external_data=True, location='external.data', size_threshold=0)
onnx.save_model(
    model(initializers=[weights('w'), weights('v')]), 'clean-files.onnx', save_as_external_data=True,
    all_tensors_to_one_file=False, size_threshold=0)
for index, location in enumerate(['../x', '/etc/passwd', 'a/../../b']):
    made = model()
    external_data_helper.set_external_data(made.graph.initializer[0], location, 0, 64)
    made.graph.initializer[0].ClearField('raw_data')
    save('malicious-path%d' % index, made)
large = model(initializers=[numpy_helper.from_array(np.zeros((1024, 3000), np.float32), 'w')])
save('clean-large', large)
