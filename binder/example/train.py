"""Fits a line to noisy points by gradient descent, slowly enough to watch."""

import csv
import random
import time

EPOCHS = 30
SECONDS = 1.0

random.seed(7)
points = [(x / 50, 3 * x / 50 - 1 + random.gauss(0, 0.1)) for x in range(50)]
slope, offset = 0.0, 0.0
with open("history.csv", "w", newline="") as file:
    history = csv.writer(file, lineterminator="\n")
    history.writerow(["epoch", "loss", "slope", "offset"])
    for epoch in range(1, EPOCHS + 1):
        for _ in range(10):
            errors = [(slope * x + offset - y, x) for x, y in points]
            slope -= 0.2 * sum(error * x for error, x in errors) / len(points)
            offset -= 0.2 * sum(error for error, _ in errors) / len(points)
        loss = sum(error * error for error, _ in errors) / len(points)
        history.writerow([epoch, f"{loss:.5f}", f"{slope:.4f}", f"{offset:.4f}"])
        print(f"epoch {epoch}/{EPOCHS}  loss {loss:.5f}  y = {slope:.2f} x {offset:+.2f}")
        time.sleep(SECONDS)
print("done: y = 3 x - 1 was the line to find")
