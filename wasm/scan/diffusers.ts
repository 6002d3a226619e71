// The libraries whose classes diffusers makes a pipeline of: packages, and its own folders of pipelines,
// which stand for classes of theirs. Anything else in a model_index.json is a module that is imported.

import { Text } from '../text';
import { hasWord } from './words';

const PACKAGES = ' diffusers transformers peft optimum onnxruntime openvino sentencepiece k_diffusion ';
/** The folders below diffusers/pipelines. */
const A_TO_C = ' alt_diffusion amused animatediff audio_diffusion audioldm audioldm2 aura_flow blip_diffusion bria chroma cogvideo cogview3 cogview4 consisid consistency_models controlnet controlnet_hunyuandit controlnet_sd3 controlnet_xs cosmos ';
const D_TO_L = ' dance_diffusion ddim ddpm deepfloyd_if dit easyanimate flux free_init hidream_image hunyuan_video hunyuandit i2vgen_xl kandinsky kandinsky2_2 kandinsky3 kolors latent_consistency_models latent_diffusion latte ledits_pp ltx lumina lumina2 ';
const M_TO_S = ' marigold mochi musicldm omnigen pag paint_by_example pia pixart_alpha pndm qwenimage repaint sana score_sde_ve semantic_stable_diffusion shap_e skyreels_v2 spectrogram_diffusion stable_audio stable_cascade stochastic_karras_ve ';
const STABLE = ' stable_diffusion stable_diffusion_3 stable_diffusion_attend_and_excite stable_diffusion_diffedit stable_diffusion_gligen stable_diffusion_k_diffusion stable_diffusion_ldm3d stable_diffusion_panorama stable_diffusion_safe stable_diffusion_sag stable_diffusion_xl stable_video_diffusion ';
const T_TO_Z = ' t2i_adapter text_to_video_synthesis unclip unidiffuser versatile_diffusion visualcloze vq_diffusion wan wuerstchen ';

/** A package, a module inside of one, or a folder of pipelines. */
export function isPipelineLibrary(name: Text): bool {
  const dot = name.indexOf(0x2e);
  if (is(PACKAGES, dot < 0 ? name : name.part(0, <usize>dot))) return true;
  return is(A_TO_C, name) || is(D_TO_L, name) || is(M_TO_S, name) || is(STABLE, name) || is(T_TO_Z, name);
}

@inline
function is(words: string, name: Text): bool {
  return hasWord(words, name.ptr, name.size);
}
