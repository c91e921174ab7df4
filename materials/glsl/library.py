"""The functions that the statements of a `Program` call: what Blender's nodes compute, number for number."""

LIBRARY = """
float divided(float a, float b) { return b == 0.0 ? 0.0 : a / b; }
vec3 divided(vec3 a, vec3 b) { return vec3(divided(a.x, b.x), divided(a.y, b.y), divided(a.z, b.z)); }
float raised(float a, float b) {
  if (b == 0.0) return 1.0;
  if (a > 0.0) return pow(a, b);
  float whole = floor(b + 0.5), size = pow(-a, whole);
  if (a == 0.0 || abs(b - whole) > 0.001) return 0.0;
  return mod(whole, 2.0) == 0.0 ? size : -size;
}
float modulo(float a, float b) { return b == 0.0 ? 0.0 : a - floor(a / b) * b; }
float smoothed(float low, float high, float x) {
  float t = low == high ? 0.0 : clamp((x - low) / (high - low), 0.0, 1.0);
  return t * t * (3.0 - 2.0 * t);
}
float angle(float y, float x) { return x == 0.0 && y == 0.0 ? 0.0 : atan(y, x); }
vec3 unit(vec3 v) { float size = length(v); return size == 0.0 ? vec3(0.0) : v / size; }

// Bob Jenkins' lookup3 (public domain), of two to four words
uvec3 scrambled(uvec3 s) {
#define TURN(x, k) (((x) << k) | ((x) >> (32 - k)))
  s.z ^= s.y; s.z -= TURN(s.y, 14); s.x ^= s.z; s.x -= TURN(s.z, 11); s.y ^= s.x; s.y -= TURN(s.x, 25);
  s.z ^= s.y; s.z -= TURN(s.y, 16); s.x ^= s.z; s.x -= TURN(s.z, 4); s.y ^= s.x; s.y -= TURN(s.x, 14);
  s.z ^= s.y; s.z -= TURN(s.y, 24);
  return s;
}
uint hashed(uvec2 k) { return scrambled(uvec3(k, 0u) + (0xdeadbeefu + 21u)).z; }
uint hashed(uvec3 k) { return scrambled(k + (0xdeadbeefu + 25u)).z; }
uint hashed(uvec4 k) {
  uvec3 s = k.xyz + (0xdeadbeefu + 29u);
  s.x -= s.z; s.x ^= TURN(s.z, 4); s.z += s.y; s.y -= s.x; s.y ^= TURN(s.x, 6); s.x += s.z;
  s.z -= s.y; s.z ^= TURN(s.y, 8); s.y += s.x; s.x -= s.z; s.x ^= TURN(s.z, 16); s.z += s.y;
  s.y -= s.x; s.y ^= TURN(s.x, 19); s.x += s.z; s.z -= s.y; s.z ^= TURN(s.y, 4); s.y += s.x;
  return scrambled(s + uvec3(k.w, 0u, 0u)).z;
}
float share(uint hash) { return float(hash) / 4294967295.0; }
vec3 white(vec3 p) {
  uvec3 k = floatBitsToUint(p);
  return vec3(share(hashed(k)), share(hashed(uvec4(k, 0x3f800000u))), share(hashed(uvec4(k, 0x40000000u))));
}

// Perlin's gradient noise (2002) with the gradients and the scale of Open Shading Language
float slope(ivec2 cell, vec2 d) {
  uint h = hashed(uvec2(cell)) & 7u;
  vec2 g = h < 4u ? d : d.yx;
  return ((h & 1u) == 0u ? g.x : -g.x) + ((h & 2u) == 0u ? 2.0 * g.y : -2.0 * g.y);
}
float perlin(vec2 p) {
  vec2 whole = floor(p), d = p - whole, f = d * d * d * (d * (d * 6.0 - 15.0) + 10.0);
  ivec2 c = ivec2(whole);
  float low = mix(slope(c, d), slope(c + ivec2(1, 0), d - vec2(1, 0)), f.x);
  float high = mix(slope(c + ivec2(0, 1), d - vec2(0, 1)), slope(c + ivec2(1, 1), d - vec2(1, 1)), f.x);
  return 0.6616 * mix(low, high, f.y);
}
float noise(vec2 p, float detail, float roughness) {
  float scale = 1.0, part = 1.0, parts = 0.0, sum = 0.0;
  for (int octave = 0; octave <= int(detail); octave++) {
    sum += part * perlin(scale * p);
    parts += part;
    part *= roughness;
    scale *= 2.0;
  }
  float left = detail - floor(detail);
  float value = sum / parts;
  if (left != 0.0) value = mix(value, (sum + part * perlin(scale * p)) / (parts + part), left);
  return 0.5 * value + 0.5;
}
vec2 aside(float seed) {
  return 100.0 + 100.0 * vec2(share(hashed(floatBitsToUint(vec2(seed, 0.0)))),
                              share(hashed(floatBitsToUint(vec2(seed, 1.0)))));
}
vec3 noise3(vec2 p, float detail, float roughness) {
  return vec3(noise(p, detail, roughness), noise(p + aside(2.0), detail, roughness),
              noise(p + aside(3.0), detail, roughness));
}

vec4 repeated(sampler2D image, vec2 at) {
  ivec2 size = textureSize(image, 0);
  return texelFetch(image, min(ivec2(fract(at) * vec2(size)), size - 1), 0);
}
vec4 clipped(sampler2D image, vec2 at) {
  return floor(at) == vec2(0.0) ? repeated(image, at) : vec4(0.0);
}
"""
"""Written in GLSL 3.30."""
