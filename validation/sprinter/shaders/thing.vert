#version 330
uniform mat4 view;
in vec3 position, normal;
out vec3 where, facing;
void main() { where = position; facing = normal; gl_Position = view * vec4(position, 1.0); }
