uniform vec3 paint;
in vec3 where, facing;
out vec4 colour;
void main() {
    vec3 n = normalize(facing);
    float direct = max(0.0, dot(n, sun));
    vec3 c = paint * (0.85 + 0.3 * noise(where.xz * 0.4).r);
    colour = vec4(c * (sky_colour * (0.6 + 0.4 * n.z) + sun_colour * direct), 1.0);
}
