class PrintedReport:
    def __init__(self,a): pass
    def write(self,p,s,k): pass
