import numpy as np


def draw_summary(a,s): return np.zeros((10,10,3),np.uint8)
