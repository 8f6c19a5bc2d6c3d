/** A small, safe face over libtorch, and safetensors. */
module inkstone.tensor {
  requires org.bytedeco.javacpp;
  requires org.bytedeco.pytorch;
  requires static jdk.incubator.vector;
  requires tools.jackson.databind;
  requires transitive static org.jspecify;

  exports inkstone.tensor;
}
