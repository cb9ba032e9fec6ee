#version 330
uniform mat4 view;
in vec3 position, normal, rest;
in vec4 regions;      // along the leg, along the arm, up the trunk, hair
in float material;
out vec3 where, facing, at_rest;
out vec4 region;
out float kind;
void main() {
    where = position; facing = normal; at_rest = rest; region = regions; kind = material;
    gl_Position = view * vec4(position, 1.0);
}
