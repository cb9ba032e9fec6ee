#version 330
uniform sampler2D picture;
uniform float exposure, grain, number, warmth;
in vec2 spot;
out vec4 colour;
float hash(vec2 p) { return fract(sin(dot(p, vec2(41.31, 289.17)) + number * 7.77) * 23421.631); }
void main() {
    vec3 c = texture(picture, spot * 0.5 + 0.5).rgb * exposure;
    c *= vec3(1.0 + warmth, 1.0, 1.0 - warmth);
    c = pow(1.0 - exp(-1.35 * c), vec3(0.4545));
    c = mix(c, c * c * (3.0 - 2.0 * c), 0.45);
    c *= 1.0 - 0.10 * dot(spot, spot) * 0.5;
    float n = hash(gl_FragCoord.xy) + hash(gl_FragCoord.yx + 3.1) - 1.0;
    colour = vec4(c + grain * n, 1.0);
}
