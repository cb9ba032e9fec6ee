uniform vec3 skin, hair, top, bottom, trim, shoe, sock;
uniform vec4 cut;       // hem of the bottom, hem of the top, sleeve, height of the sock
uniform vec3 brow;      // height of the brows, of the mouth, and of the iris, at rest
uniform vec3 shoulder;  // at rest, of the left
uniform float neck_z, pattern;
in vec3 where, facing, at_rest;
in vec4 region;
in float kind;
out vec4 colour;

vec4 rough(vec3 p) {
    vec3 w = abs(normalize(facing)) + 0.01;
    w /= w.x + w.y + w.z;
    return noise(p.yz) * w.x + noise(p.xz) * w.y + noise(p.xy) * w.z;
}

const int BARE = 0, SHOE = 1, SOCK = 2, BOTTOM = 3, TOP = 4;

// What covers this spot; a positive inset keeps clear of the garments' edges.
int garment(float inset) {
    float side = abs(at_rest.y);
    if (at_rest.z < 0.085 + 0.03 * smoothstep(0.03, -0.05, at_rest.x)) return SHOE;
    if (region.x > cut.w + inset) return SOCK;
    if (region.x > -0.16 + inset && region.x < cut.x - inset && region.y < 0.01) return BOTTOM;
    vec2 hole = vec2(at_rest.x - shoulder.x, at_rest.z - shoulder.z + 0.03) * vec2(0.9, 0.7);
    bool sleeveless = cut.z < 0.05 && (side > shoulder.y - 0.02 || region.y > -0.5
        || (side > shoulder.y - 0.06 && length(hole) < 0.085));
    bool collar = length(vec2(at_rest.y * 0.8, at_rest.z - neck_z)) < 0.085 + inset;
    bool sleeve = region.y < max(0.0, cut.z - inset);
    return region.z > cut.y + inset && sleeve && !sleeveless && !collar ? TOP : BARE;
}

vec4 skin_paint(vec4 coarse) {
    if (region.y < 0.9 && region.w < -0.5 && garment(0.025) != BARE) discard;
    float side = abs(at_rest.y);
    vec3 c = skin * (0.85 + 0.3 * coarse.r);
    c *= mix(vec3(1.0), vec3(1.08, 0.94, 0.9), smoothstep(0.5, 0.7, coarse.g));
    vec4 fine = region.w > -0.1 ? rough(at_rest * 3.0) : coarse;
    float fuzz = fine.r - 0.5;
    float is_hair = smoothstep(-0.004, 0.004, region.w + 0.02 * fuzz);
    float over_eye = at_rest.z - brow.x + 2.0 * max(0.0, side - 0.028) * max(0.0, side - 0.028);
    float is_brow = (1.0 - smoothstep(0.003, 0.006, abs(over_eye))) * step(0.012, side)
        * step(side, 0.05) * step(0.09, at_rest.x);
    float is_lip = (1.0 - smoothstep(0.005, 0.009, abs(at_rest.z - brow.y)))
        * (1.0 - smoothstep(0.018, 0.025, side)) * step(0.1, at_rest.x);
    c = mix(c, c * vec3(0.9, 0.6, 0.6), is_lip);
    float painted = max(is_hair, 0.85 * is_brow);
    c = mix(c, hair * (0.5 + fine.g), painted);
    return vec4(c, mix(0.45, 0.1, painted));
}

vec4 cloth_paint(vec4 coarse) {
    float weave = 0.86 + 0.28 * coarse.b, side = abs(at_rest.y);
    int worn = garment(0.0);
    if (worn == BARE) discard;
    if (worn == SHOE) {
        float stripe = step(0.55, fract((at_rest.x + 0.7 * at_rest.z) * 14.0 + pattern));
        vec3 c = mix(shoe, trim, stripe * step(0.03, at_rest.z) * step(at_rest.x, 0.12));
        return vec4(mix(vec3(0.7), c, smoothstep(0.008, 0.014, at_rest.z)) * weave, 0.5);
    }
    if (worn == SOCK) return vec4(sock * weave, 0.05);
    if (worn == BOTTOM) {
        float stripe = step(abs(at_rest.x), 0.02) * step(0.09, side) * step(0.5, pattern);
        return vec4(mix(bottom, trim, stripe) * weave, 0.3);
    }
    float stripe = step(abs(region.z - 0.62 + 0.2 * pattern), 0.035) * step(pattern, 0.6);
    vec3 c = mix(top, trim, stripe * step(region.y, -0.5));
    float bib = step(side, 0.1) * step(abs(region.z - 0.5), 0.11);
    float digit = step(0.55, noise(floor(at_rest.yz * vec2(34.0, 22.0)) * 0.173 + pattern).a)
        * step(side, 0.07) * step(abs(region.z - 0.5), 0.065);
    c = mix(mix(c, vec3(0.8), bib), vec3(0.03), bib * digit);
    return vec4(c * weave, 0.2);
}

vec4 eye_paint() {
    vec2 off = vec2(abs(at_rest.y) - brow.z, at_rest.z - brow.x + 0.027);
    vec3 c = length(off) < 0.0068 ? vec3(0.03, 0.018, 0.012) : vec3(0.72, 0.7, 0.68);
    return vec4(c, 0.9);
}

void main() {
    vec4 coarse = rough(at_rest), paint;
    if (kind > 1.5) paint = eye_paint();
    else if (kind > 0.5) paint = cloth_paint(coarse);
    else paint = skin_paint(coarse);
    vec3 n = normalize(facing), v = normalize(eye - where);
    float crease = kind > 0.5 ? 0.35 : 0.06;
    n = normalize(n + crease * (coarse.gba - 0.5));
    if (dot(n, v) < -0.2) n = -n;
    float wrap = kind > 0.5 ? 0.05 : 0.2, facing_sun = dot(n, sun);
    float direct = max(0.0, (facing_sun + wrap) / (1.0 + wrap));
    direct *= facing_sun > -wrap ? lit(where + n * 0.012, 0.0012) : 0.0;
    vec3 bounce = sky_colour * 0.35 * vec3(1.0, 0.82, 0.72);
    vec3 c = paint.rgb * (mix(bounce, sky_colour, 0.5 + 0.5 * n.z) + sun_colour * direct);
    vec3 h = normalize(sun + v);
    float shine = pow(max(0.0, dot(n, h)), 6.0 + 70.0 * paint.a) * paint.a * paint.a;
    float rim = pow(1.0 - max(0.0, dot(n, v)), 4.0);
    colour = vec4(c + 0.35 * shine * direct * sun_colour + 0.06 * rim * sky_colour, 1.0);
}
