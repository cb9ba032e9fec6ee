#version 330
uniform sampler2D picture;
uniform float share;
in vec2 spot;
out vec4 colour;
void main() { colour = texture(picture, spot * 0.5 + 0.5) * share; }
