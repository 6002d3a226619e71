// The readers of all formats. A new one is a file of its own, a number in format-ids.ts, a line here, and
// a line in content.ts that recognises it.

import { stepHdf5 } from '../hdf5/reader';
import { stepInspection } from '../inspect/formats';
import { stepPickle } from '../pickle/stream';
import { stepContent } from './content';
import {
  CONTENT, GGUF, HDF5, INSPECTION, JSON_TEXT, KERAS_CONFIG, KERAS_METADATA, NPY, PICKLE, PROTOBUF, SAFETENSORS, TAR, TEMPLATE,
  TORCHSCRIPT_CODE, ZIP, ZIP_MEMBER,
} from './format-ids';
import { stepGguf } from './gguf';
import { stepJsonConfig } from './json-config';
import { stepKerasConfig } from './keras-file';
import { stepKerasMetadata } from './keras-metadata';
import { stepNpy } from './npy';
import { stepProtobuf } from './proto-model';
import { stepSafetensors } from './safetensors';
import { stepTar } from './tar';
import { DONE, Task } from './task';
import { stepTemplate } from './template';
import { stepTorchScript } from './torchscript';
import { stepZip } from './zip';
import { stepZipMember } from './zip-member';

export function stepTask(task: Task): u32 {
  if (task.format >= INSPECTION) return stepInspection(task);
  switch (task.format) {
    case CONTENT: return stepContent(task);
    case PICKLE: return stepPickle(task);
    case ZIP: return stepZip(task);
    case ZIP_MEMBER: return stepZipMember(task);
    case NPY: return stepNpy(task);
    case PROTOBUF: return stepProtobuf(task);
    case TAR: return stepTar(task);
    case KERAS_CONFIG: return stepKerasConfig(task);
    case KERAS_METADATA: return stepKerasMetadata(task);
    case HDF5: return stepHdf5(task);
    case SAFETENSORS: return stepSafetensors(task);
    case GGUF: return stepGguf(task);
    case JSON_TEXT: return stepJsonConfig(task);
    case TEMPLATE: return stepTemplate(task);
    case TORCHSCRIPT_CODE: return stepTorchScript(task);
  }
  return DONE;
}
