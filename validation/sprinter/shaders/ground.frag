uniform mat4 clip_to_world;
uniform vec3 track_colour, grass_colour, zenith, horizon, wall_colour, accent;
uniform float seed, near_edge, far_edge, wall_y, wall_height, tree_height, seats, haze, mirror;
in vec2 spot;
out vec4 colour;

float band(float d, float half_width, float blur) {
    return 1.0 - smoothstep(half_width - blur, half_width + blur, abs(d));
}

vec3 sky(vec3 d) {
    vec3 c = mix(horizon, zenith, clamp(d.z * 2.0, 0.0, 1.0));
    float n = noise(d.xy / (0.35 + d.z) * 0.12 + seed).r;
    return mix(c, vec3(0.95), 0.55 * smoothstep(0.5, 0.8, n) * clamp(d.z * 5.0, 0.0, 1.0));
}

vec3 ground(vec2 p, float bx, float by) {
    vec4 coarse = noise(p * 0.031 + seed), fine = noise(p * 0.83);
    vec3 track = track_colour * (0.8 + 0.3 * coarse.r + 0.28 * (fine.g - 0.5));
    float wear = smoothstep(0.55, 0.75, noise(p * vec2(0.05, 0.4)).b);
    track = mix(track, track * 0.75, 0.5 * wear);
    vec3 grass = grass_colour * (0.55 + 0.7 * coarse.g + 0.6 * (fine.r - 0.5));
    grass *= 0.92 + 0.14 * step(0.5, fract(p.x / 11.0 + seed));
    float lane = band(mod(p.y, 1.22) - 0.61, 0.025, by);
    float mark = band(mod(p.x + seed * 7.0, 10.0) - 5.0, 0.035, bx);
    track = mix(track, vec3(0.75), 0.9 * max(lane, 0.7 * mark * step(0.3, fract(p.y / 1.22))));
    float on = smoothstep(near_edge - by, near_edge + by, p.y);
    on *= 1.0 - smoothstep(far_edge - by, far_edge + by, p.y);
    vec3 c = mix(grass, track, on);
    float s = lit(vec3(p.x, p.y * mirror, 0.0), 0.0008);
    return c * (sky_colour * 0.75 + sun_colour * sun.z * s);
}

vec3 wall(float u, float z, float blur) {
    vec4 big = noise(vec2(u, z) * 0.011 + seed), leaf = noise(vec2(u, z) * 0.09 + seed);
    float top = tree_height * (0.55 + 0.9 * noise(vec2(u * 0.006 + seed, 0.37)).g)
        + 1.6 * (noise(vec2(u * 0.05, 0.11)).r - 0.5);
    vec3 tree = grass_colour * (0.12 + 0.7 * leaf.r) * (0.5 + big.b) * sky_colour * 1.6;
    vec3 c = mix(sky(normalize(vec3(u, 40.0, z))), tree, band(z, top, blur));
    if (seats > 0.5 && z < wall_height * 3.0 && fract(u / 37.0 + seed) > 0.22) {
        vec2 seat = vec2(u / 0.56, (z - wall_height) / 0.45), cell = floor(seat);
        float pick = noise(cell * vec2(0.1371, 0.2713) + seed).a;
        float head = length((fract(seat) - vec2(0.5, 0.55)) * vec2(1.0, 0.8));
        c = mix(wall_colour, accent, step(0.6, pick)) * (0.45 + 0.55 * fract(seat.y));
        vec3 person = mix(vec3(0.3, 0.18, 0.12), vec3(0.65, 0.6, 0.55), fract(pick * 37.0));
        c = mix(c, person, step(0.55, fract(pick * 91.0)) * (1.0 - smoothstep(0.2, 0.34, head)));
        c *= sky_colour + 0.5 * sun_colour;
    }
    if (z < wall_height) {
        float panel = floor(u / 3.4), pick = noise(vec2(panel * 0.173 + seed, 0.7)).r;
        vec3 board = mix(wall_colour, mix(accent, vec3(0.7), step(0.5, fract(pick * 13.0))),
            step(0.42, fract(pick * 7.0)));
        float inside = step(0.14, fract(u / 3.4)) * step(fract(u / 3.4), 0.86);
        float words = step(0.5, noise(vec2(u * 0.31, pick)).b) * band(z - 0.5 * wall_height,
            0.2 * wall_height, blur) * inside;
        c = mix(board, vec3(0.85) - 0.7 * board, 0.8 * words) * (sky_colour + 0.4 * sun_colour);
    }
    return c;
}

void main() {
    vec4 a = clip_to_world * vec4(spot, -1.0, 1.0), b = clip_to_world * vec4(spot, 1.0, 1.0);
    vec3 d = normalize(b.xyz / b.w - a.xyz / a.w), from = eye;
    d.y *= mirror;
    from.y *= mirror;
    float to_ground = d.z < -1e-4 ? -from.z / d.z : 1e6;
    float to_wall = d.y > 1e-4 ? (wall_y - from.y) / d.y : 1e6;
    float end = d.x > 0.0 ? 90.0 : -90.0;
    float to_end = abs(d.x) > 1e-4 ? end / d.x : 1e6;
    float to_back = d.y < -1e-4 ? (-wall_y - from.y) / d.y : 1e6;
    vec3 at = from + d * min(min(to_wall, to_ground), min(to_end, to_back));
    float reach = min(min(to_wall, to_ground), min(to_end, to_back));
    // Derivatives need their neighbours, so they are taken before the ways part.
    vec2 flat_at = from.xy + d.xy * min(to_ground, 300.0), blur = fwidth(flat_at) * 0.6 + 0.003;
    float wall_blur = fwidth(at.z) + 0.02;
    vec3 c;
    if (to_ground <= reach) c = ground(flat_at, blur.x, blur.y);
    else c = wall(to_end <= reach ? at.y + 57.0 : at.x, at.z, wall_blur);
    colour = vec4(mix(c, horizon, 1.0 - exp(-reach * haze)), 1.0);
}
