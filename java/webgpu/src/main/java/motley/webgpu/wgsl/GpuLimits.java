package motley.webgpu.wgsl;

import static motley.tensor.Require.require;

/// What a WebGPU device allows, under the names of its specification.
///
/// @param storageBuffers `maxStorageBuffersPerShaderStage`
/// @param bindingBytes `maxStorageBufferBindingSize`
/// @param bufferBytes `maxBufferSize`
/// @param workgroupBytes `maxComputeWorkgroupStorageSize`
/// @param invocations `maxComputeInvocationsPerWorkgroup`
/// @param groups `maxComputeWorkgroupsPerDimension`
public record GpuLimits(
        int storageBuffers,
        long bindingBytes,
        long bufferBytes,
        int workgroupBytes,
        int invocations,
        int groups) {
    /// What every device has.
    public static final GpuLimits DEFAULT =
            new GpuLimits(8, 128L << 20, 256L << 20, 16 << 10, 256, 65_535);

    /// Fewer than this many storage buffers are too few for a product with its bias and result.
    private static final int STORAGE_BUFFERS_MIN = 4;

    /// @throws IllegalArgumentException if a limit is below what kernels cannot do without
    public GpuLimits {
        require(
                storageBuffers >= STORAGE_BUFFERS_MIN,
                "storageBuffers: %d (expected: at least %d)",
                storageBuffers,
                STORAGE_BUFFERS_MIN);
        require(bindingBytes >= 1024, "bindingBytes: %d (expected: at least 1024)", bindingBytes);
        require(
                bufferBytes >= bindingBytes,
                "bufferBytes: %d (expected: at least bindingBytes, %d)",
                bufferBytes,
                bindingBytes);
        require(workgroupBytes >= 0, "workgroupBytes: %d (expected: at least 0)", workgroupBytes);
        require(invocations >= 64, "invocations: %d (expected: at least 64)", invocations);
        require(groups >= 64, "groups: %d (expected: at least 64)", groups);
    }
}
