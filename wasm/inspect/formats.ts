// The readers that only an inspection has. scan/formats.ts asks here for every format from INSPECTION on.

import { INSPECTION, INSPECT_NPY, INSPECT_ONNX, INSPECT_RECORD } from '../scan/format-ids';
import { DONE, Task } from '../scan/task';
import { stepFirstLook } from './content';
import { stepInspectNpy } from './npy';
import { stepOnnx } from './onnx';
import { stepRecord } from './record';

export function stepInspection(task: Task): u32 {
  switch (task.format) {
    case INSPECTION: return stepFirstLook(task);
    case INSPECT_NPY: return stepInspectNpy(task);
    case INSPECT_ONNX: return stepOnnx(task);
    case INSPECT_RECORD: return stepRecord(task);
  }
  return DONE;
}
