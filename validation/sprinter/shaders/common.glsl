#version 330
uniform sampler2D clouds;          // four independent fractal noises, 0 to 1, tiling
uniform sampler2DShadow shade;
uniform mat4 sun_matrix;
uniform vec3 eye, sun, sun_colour, sky_colour;

vec4 noise(vec2 p) { return texture(clouds, p); }

float lit(vec3 p, float bias) {
    vec4 c = sun_matrix * vec4(p, 1.0);
    vec3 s = c.xyz * 0.5 + 0.5;
    if (any(lessThan(s, vec3(0.0))) || any(greaterThan(s, vec3(1.0)))) return 1.0;
    float sum = 0.0;
    for (int i = 0; i < 4; i++)
        sum += texture(shade, vec3(s.xy + (vec2(i & 1, i >> 1) - 0.5) * 0.0007, s.z - bias));
    return sum / 4.0;
}
